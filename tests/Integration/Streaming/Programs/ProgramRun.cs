namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Runs a program, with real spans, streams and calls.</summary>
internal sealed class ProgramRun(HttpClient http)
{
    // One method for a whole list of steps, so that what a span leaves behind is there for the steps after it: an async
    // method of its own would take its context with it.
    public async Task RunAsync(IReadOnlyList<Step> steps, string at)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            var here = $"{at}.{i}";
            switch (steps[i])
            {
                case Step.Span { Style: SpanStyle.Using } span:
                    using (Start(span.Kind, here, span.UnderRoot))
                    {
                        await RunAsync(span.Body, here);
                    }

                    break;
                case Step.Span span:
                    var started = span.Style == SpanStyle.RunAsync
                        ? Start(span.Kind, here, span.UnderRoot)
                        : await Task.Run(() => Start(span.Kind, here, span.UnderRoot));
                    await LlmTrace.RunAsync(started, _ => RunAsync(span.Body, here));
                    break;
                case Step.Catch guarded:
                    try
                    {
                        await RunAsync(guarded.Body, here);
                    }
                    catch (PlannedFailureException)
                    {
                        break;
                    }

                    break;
                case Step.Throw:
                    throw new PlannedFailureException(here);
                case Step.Http:
                    using (await http.GetAsync(new Uri(here, UriKind.Relative)))
                    {
                        break;
                    }

                case Step.Hop hop:
                    await HopAsync(hop.Kind);
                    break;
                case Step.Parallel parallel:
                    await new ParallelRun(this, parallel).RunAsync(here);
                    break;
                case Step.Consume consume:
                    await new StreamRun(this).ConsumeAsync(consume, Make(consume.Stream, here), here);
                    break;
                case Step.Interleave interleave:
                    await new StreamRun(this).InterleaveAsync(interleave, here);
                    break;
                case Step.Handoff handoff:
                    await new StreamRun(this).HandOffAsync(handoff, here);
                    break;
            }
        }
    }

    public static LlmSpan Start(SpanKind kind, string at, bool underRoot = false)
    {
        var parent = underRoot ? LlmTrace.Transaction : null;
        switch (kind)
        {
            case SpanKind.Workflow:
                return LlmTrace.StartWorkflow(at, parent);
            case SpanKind.Agent:
                return LlmTrace.StartAgent(at, parent);
            case SpanKind.Tool:
                return LlmTrace.StartTool(at, parent: parent);
            case SpanKind.Chat:
                var chat = LlmTrace.StartChat(new LlmCall(at) { Parent = parent });
                chat.Record(new LlmUsage(ExpectedSpan.InputTokensOfChat));
                return chat;
            default:
                return LlmTrace.StartTask(at, parent);
        }
    }

    public MadeStream Make(StreamPlan plan, string at)
    {
        var made = SourceRun.Make(plan.Source, this, $"{at}.s");
        for (var layer = 0; layer < plan.Layers; layer++)
        {
            var parent = plan.UnderRoot && layer == plan.Layers - 1 ? LlmTrace.Transaction : null;
            var call = new LlmCall(SpanNames.ModelOf(at, layer)) { Parent = parent };
            made = made with { Chunks = made.Chunks.TraceLlm(call) };
        }

        return made;
    }

    private static async Task HopAsync(HopKind kind)
    {
        switch (kind)
        {
            case HopKind.Yield:
                await Task.Yield();
                break;
            case HopKind.Run:
                await Task.Run(static () => { }).ConfigureAwait(false);
                break;
            case HopKind.Signal:
                var signal = new TaskCompletionSource();
                ThreadPool.UnsafeQueueUserWorkItem(static signal => signal.SetResult(), signal, preferLocal: false);
                await signal.Task.ConfigureAwait(false);
                break;
            default:
                await Task.CompletedTask;
                break;
        }
    }
}
