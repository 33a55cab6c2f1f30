using System.Diagnostics;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Streaming;

public sealed class LlmTraceTests
{
    [Fact]
    public void StartWorkflow_Name_IsTheSpansAndThePipelinesBeneath()
    {
        using var spans = new SpanRecorder();

        using (LlmTrace.StartWorkflow("answer"))
        {
        }

        Assert.Equal("invoke_workflow answer", spans.Single.DisplayName);
        Assert.Equal(ActivityKind.Internal, spans.Single.Kind);
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["llm_tracing.parent"] = "ambient",
                ["gen_ai.operation.name"] = "invoke_workflow",
                ["gen_ai.workflow.name"] = "answer",
                ["gen_ai.pipeline.name"] = "answer",
            },
            spans.Single.TagObjects.ToDictionary());
    }

    [Fact]
    public void StartAgent_Name_IsTheSpans()
    {
        using var spans = new SpanRecorder();

        LlmTrace.StartAgent("planner").Dispose();

        Assert.Equal("invoke_agent planner", spans.Single.DisplayName);
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["llm_tracing.parent"] = "ambient",
                ["gen_ai.operation.name"] = "invoke_agent",
                ["gen_ai.agent.name"] = "planner",
            },
            spans.Single.TagObjects.ToDictionary());
    }

    [Fact]
    public void StartTask_Name_IsTheSpansAndItIsNoOperationOfAModel()
    {
        using var spans = new SpanRecorder();

        LlmTrace.StartTask("build prompt").Dispose();

        Assert.Equal("build prompt", spans.Single.DisplayName);
        Assert.Equal(
            new Dictionary<string, object?> { ["llm_tracing.parent"] = "ambient" }, spans.Single.TagObjects.ToDictionary());
    }

    [Fact]
    public void StartChat_CallAndAnswer_AreOnTheSpan()
    {
        using var spans = new SpanRecorder();
        var call = new LlmCall("asked") { Provider = "openai", Temperature = 0.5, Attributes = Own() };

        using (var chat = LlmTrace.StartChat(call))
        {
            Assert.Same(chat.Activity, Activity.Current);
            chat.Record(new LlmUsage(11));
            chat.Record(new LlmUsage(OutputTokens: 4));
            chat.Set(GenAiAttributes.ResponseId, "answer-1");
        }

        Assert.Equal(("chat asked", ActivityKind.Client), (spans.Single.DisplayName, spans.Single.Kind));
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["llm_tracing.parent"] = "ambient",
                ["gen_ai.operation.name"] = "chat",
                ["gen_ai.provider.name"] = "openai",
                ["gen_ai.request.model"] = "asked",
                ["gen_ai.request.temperature"] = 0.5,
                ["tenant"] = "t1",
                ["gen_ai.response.model"] = "asked",
                ["gen_ai.usage.input_tokens"] = 11L,
                ["llm_tracing.usage.source"] = "provider",
                ["gen_ai.usage.output_tokens"] = 4L,
                ["gen_ai.usage.total_tokens"] = 15L,
                ["gen_ai.response.id"] = "answer-1",
            },
            spans.Single.TagObjects.ToDictionary());

        static Dictionary<string, object?> Own() => new() { ["tenant"] = "t1" };
    }

    [Fact]
    public void StartChat_ParentOfTheCall_IsTheParent()
    {
        using var spans = new SpanRecorder();
        using var elsewhere = SpanRecorder.App.StartActivity("elsewhere")!;
        Activity.Current = spans.Root;

        LlmTrace.StartChat(new LlmCall("m") { Parent = elsewhere }).Dispose();

        Assert.Same(elsewhere, spans.Single.Parent);
        Assert.Equal("explicit", spans.Single.GetTagItem("llm_tracing.parent"));
    }

    [Fact]
    public async Task Start_AgentPipelineAndConversation_FlowDownToEverySpanBeneath()
    {
        using var spans = new SpanRecorder();

        using (var workflow = LlmTrace.StartWorkflow("answer"))
        {
            workflow.Set(GenAiAttributes.ConversationId, "c1");
            using (LlmTrace.StartAgent("planner"))
            using (SpanRecorder.App.StartActivity("between"))
            {
                using (LlmTrace.StartTask("plan"))
                {
                    LlmTrace.StartTool("search").Dispose();
                    LlmTrace.StartChat(new LlmCall("m") { ConversationId = "own" }).Dispose();
                    await Streams.Of(1).TraceLlm(new LlmCall("s") { Agent = "other" }).ReadAsync();
                }

                LlmTrace.StartWorkflow("inner").Dispose();
            }

            LlmTrace.StartAgent("writer").Dispose();
        }

        LlmTrace.StartTool("after").Dispose();

        Assert.Equal(
            [
                "invoke_workflow answer: -, answer, c1",
                "invoke_agent planner: planner, answer, c1",
                "plan: planner, answer, c1",
                "execute_tool search: planner, answer, c1",
                "chat m: planner, answer, own",
                "chat s: other, answer, c1",
                "invoke_workflow inner: -, inner, c1",
                "invoke_agent writer: writer, answer, c1",
                "execute_tool after: -, -, -",
            ],
            spans.Started.Select(static span =>
                $"{span.DisplayName}: {Of(span, "gen_ai.agent.name")}, {Of(span, "gen_ai.pipeline.name")}, "
                + $"{Of(span, "gen_ai.conversation.id")}"));

        static object Of(Activity span, string key) => span.GetTagItem(key) ?? "-";
    }

    [Fact]
    public async Task RunAsync_Body_GivesItsResultAndTheSpanEnds()
    {
        using var spans = new SpanRecorder();

        var result = await LlmTrace.RunAsync(LlmTrace.StartTask("plan"), async span =>
        {
            Assert.Same(span.Activity, Activity.Current);
            await Task.Yield();
            Assert.Same(span.Activity, Activity.Current);
            return 42;
        });

        Assert.Equal(42, result);
        Assert.Equal(ActivityStatusCode.Unset, spans.Single.Status);
        Assert.Same(spans.Root, Activity.Current);
    }

    [Fact]
    public async Task RunAsync_WhileItRuns_IsNotCurrentInTheCaller()
    {
        using var spans = new SpanRecorder();
        var gates = new Gates();

        var running = LlmTrace.RunAsync(LlmTrace.StartTask("plan"), _ => gates.PassAsync());

        Assert.Same(spans.Root, Activity.Current);
        gates.Open();
        await running;
        Assert.NotNull(spans.Single);
    }

    [Fact]
    public async Task RunAsync_SeveralAtOnce_AreSiblings()
    {
        using var spans = new SpanRecorder();
        var gates = new Gates();

        var running = Task.WhenAll(Enumerable.Range(0, 5).Select(i =>
            LlmTrace.RunAsync(LlmTrace.StartTask($"step {i}"), async _ =>
            {
                await gates.PassAsync();
                LlmTrace.StartTool($"tool {i}").Dispose();
            })));
        gates.Open();
        await running;

        Assert.Equal(10, spans.Ended.Count);
        Assert.All(spans.Started.Take(5), step => Assert.Same(spans.Root, step.Parent));
        Assert.All(
            spans.Started.Skip(5),
            tool => Assert.Equal(tool.DisplayName.Replace("execute_tool tool", "step"), tool.Parent!.DisplayName));
    }

    [Fact]
    public async Task RunAsync_SpanStartedElsewhere_IsCurrentInTheBody()
    {
        using var spans = new SpanRecorder();
        var span = LlmTrace.StartTask("plan");
        Activity.Current = spans.Root;

        await LlmTrace.RunAsync(span, _ =>
        {
            Assert.Same(span.Activity, Activity.Current);
            return Task.CompletedTask;
        });

        Assert.Same(span.Activity, spans.Single);
        Assert.Same(spans.Root, Activity.Current);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_BodyThrows_SpanFailsAndTheExceptionIsPassedOn(bool synchronously)
    {
        using var spans = new SpanRecorder();
        var failure = new InvalidOperationException("no plan");

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            LlmTrace.RunAsync(LlmTrace.StartTask("plan"), _ => synchronously ? throw failure : ThrowAsync()));

        Assert.Same(failure, thrown);
        Assert.Equal((ActivityStatusCode.Error, "no plan"), (spans.Single.Status, spans.Single.StatusDescription));
        Assert.Equal("System.InvalidOperationException", spans.Single.GetTagItem("error.type"));
        Assert.Same(spans.Root, Activity.Current);

        async Task<int> ThrowAsync()
        {
            await Task.Yield();
            throw failure;
        }
    }

    [Fact]
    public async Task RunAsync_NoBody_ThrowsAndTheSpanEnds()
    {
        using var spans = new SpanRecorder();

        await Assert.ThrowsAsync<ArgumentNullException>(
            "body", static () => LlmTrace.RunAsync<int>(LlmTrace.StartTask("plan"), null!));
        await Assert.ThrowsAsync<ArgumentNullException>(
            "body", static () => LlmTrace.RunAsync(LlmTrace.StartTask("plan"), (Func<LlmSpan, Task>)null!));

        Assert.Equal(2, spans.Ended.Count);
        Assert.Same(spans.Root, Activity.Current);
    }

    [Fact]
    public async Task RunAsync_AppCancelsTheBody_IsAbandonedAndNoError()
    {
        using var spans = new SpanRecorder();
        using var source = new CancellationTokenSource();

        var running = LlmTrace.RunAsync(
            LlmTrace.StartTask("plan"), _ => Task.Delay(Timeout.InfiniteTimeSpan, source.Token));
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.Equal("abandoned", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Equal(ActivityStatusCode.Unset, spans.Single.Status);
    }

    [Fact]
    public async Task RunAsync_TimeLimitOfTheAppThrowsATimeout_IsAnErrorOfThatOutcome()
    {
        using var spans = new SpanRecorder();

        await Assert.ThrowsAsync<TimeoutException>(static () => LlmTrace.RunAsync(
            LlmTrace.StartTask("plan"), static _ => new TaskCompletionSource().Task.WaitAsync(TimeSpan.Zero)));

        Assert.Equal("upstream_timed_out", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Equal(ActivityStatusCode.Error, spans.Single.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_ParentWasNeverStarted_IsUnderTheCurrentSpanAndSaysSo(bool isStream)
    {
        using var spans = new SpanRecorder();
        var parent = new Activity("never started");

        if (isStream)
        {
            await Streams.Of(1).TraceLlm(new LlmCall { Parent = parent }).ReadAsync();
        }
        else
        {
            LlmTrace.StartTask("plan", parent).Dispose();
        }

        Assert.Same(spans.Root, spans.Single.Parent);
        Assert.Equal("ambient", spans.Single.GetTagItem("llm_tracing.parent"));
        Assert.Same(spans.Root, Activity.Current);
    }

    [Fact]
    public async Task TraceLlm_ParentIsStartedOnlyAfterTheCall_IsTheParent()
    {
        using var spans = new SpanRecorder();
        var parent = new Activity("started later");

        var stream = Streams.Of(1).TraceLlm(new LlmCall { Parent = parent });
        parent.Start();
        Activity.Current = spans.Root;
        await stream.ReadAsync();

        Assert.Same(parent, spans.Single.Parent);
        Assert.Equal("explicit", spans.Single.GetTagItem("llm_tracing.parent"));
        parent.Stop();
    }

    [Fact]
    public async Task RunAsync_ChildFails_ParentIsMarkedOnlyIfTheExceptionReachesIt()
    {
        using var spans = new SpanRecorder();

        await LlmTrace.RunAsync(LlmTrace.StartWorkflow("caught"), static async _ =>
        {
            await Assert.ThrowsAsync<TimeZoneNotFoundException>(FailAsync);
        });
        await Assert.ThrowsAsync<TimeZoneNotFoundException>(
            () => LlmTrace.RunAsync(LlmTrace.StartWorkflow("uncaught"), static _ => FailAsync()));

        Assert.Equal(
            [
                ("invoke_workflow caught", ActivityStatusCode.Unset), ("step", ActivityStatusCode.Error),
                ("invoke_workflow uncaught", ActivityStatusCode.Error), ("step", ActivityStatusCode.Error),
            ],
            spans.Started.Select(static span => (span.DisplayName, span.Status)));

        static Task FailAsync() =>
            LlmTrace.RunAsync(LlmTrace.StartTask("step"), static Task (_) => throw new TimeZoneNotFoundException());
    }
}
