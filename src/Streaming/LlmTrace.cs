using System.Diagnostics;
using LlmTracing.Streaming;
using LlmTracing.Streaming.Accounts;
using LlmTracing.Streaming.Content;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Readers;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing;

/// <summary>Starts spans by hand, and reaches the trace of the current request from anywhere in its flow.</summary>
public static class LlmTrace
{
    /// <summary>The name of the <see cref="ActivitySource"/> of every span of this library.</summary>
    public const string SourceName = "LlmTracing";

    /// <summary>The name of the meter, to give to an OpenTelemetry SDK with <c>AddMeter</c>.</summary>
    public const string MeterName = "LlmTracing";

    /// <summary>Gets the root span of the request that this code runs for.</summary>
    /// <value>Null outside a request, or where <c>app.UseLlmTracing()</c> is not in its pipeline.</value>
    public static Activity? Transaction => CurrentRequest.Transaction;

    internal static ActivitySource Source { get; } =
        new(SourceName, typeof(LlmTrace).Assembly.GetName().Version?.ToString(3));

    /// <summary>Makes a stream of a call that wants its token when it is made, as providers' SDKs do.</summary>
    /// <typeparam name="T">The type of one chunk.</typeparam>
    /// <param name="stream">
    /// Makes the call; it runs at the first pull, under the span of the stream. Its token is cancelled when the stream is
    /// ended early: the client has left, a time limit is over, the host stops.
    /// </param>
    /// <returns>The stream, to give to <c>Results.TracedSse</c> or <c>TraceLlm</c>. Each enumeration makes the call anew.</returns>
    public static IAsyncEnumerable<T> Defer<T>(Func<CancellationToken, IAsyncEnumerable<T>> stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new DeferredStream<T>(stream);
    }

    /// <summary>Starts the span of a workflow: the work of several agents, tools and calls towards one answer.</summary>
    /// <param name="name">The workflow's name, which the spans beneath carry as their pipeline.</param>
    /// <param name="parent">
    /// The span to put it under; by default, and where it was never started, the current one, else the request's.
    /// </param>
    /// <returns>The span, current until it is disposed.</returns>
    public static LlmSpan StartWorkflow(string name, Activity? parent = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return LlmSpan.Start($"invoke_workflow {name}", ActivityKind.Internal, parent, name, static (span, name) =>
        {
            span.SetTag(GenAiAttributes.OperationName, "invoke_workflow");
            span.SetTag(GenAiAttributes.WorkflowName, name);
            span.SetTag(GenAiAttributes.PipelineName, name);

            // Sentry shows a workflow as an agent: with the name of the one above, it would be taken for its invocation.
            span.SetTag(GenAiAttributes.AgentName, null);
        });
    }

    /// <summary>Starts the span of one invocation of an agent.</summary>
    /// <param name="name">The agent's name, which the spans beneath carry too.</param>
    /// <param name="parent">
    /// The span to put it under; by default, and where it was never started, the current one, else the request's.
    /// </param>
    /// <returns>The span, current until it is disposed.</returns>
    public static LlmSpan StartAgent(string name, Activity? parent = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return LlmSpan.Start($"invoke_agent {name}", ActivityKind.Internal, parent, name, static (span, name) =>
        {
            span.SetTag(GenAiAttributes.OperationName, "invoke_agent");
            span.SetTag(GenAiAttributes.AgentName, name);
        });
    }

    /// <summary>Starts the span of a step of the app's own, such as building a prompt.</summary>
    /// <param name="name">The step's name, as it is shown.</param>
    /// <param name="parent">
    /// The span to put it under; by default, and where it was never started, the current one, else the request's.
    /// </param>
    /// <returns>The span, current until it is disposed.</returns>
    public static LlmSpan StartTask(string name, Activity? parent = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return LlmSpan.Start(name, ActivityKind.Internal, parent, name, static (_, _) => { });
    }

    /// <summary>Starts the span of one run of a tool.</summary>
    /// <param name="name">The tool's name, for example <c>search_docs</c>.</param>
    /// <param name="callId">
    /// The model's id of the call, if the model asked for it. The span is linked to the one in which it did, a stream's or one
    /// that was told by <see cref="LlmSpan.RecordToolCall"/>, beneath the same request.
    /// </param>
    /// <param name="parent">
    /// The span to put it under; by default, and where it was never started, the current one, else the request's.
    /// </param>
    /// <returns>The span, current until it is disposed.</returns>
    public static LlmSpan StartTool(string name, string? callId = null, Activity? parent = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var tool = (name, callId);
        return LlmSpan.Start($"execute_tool {name}", ActivityKind.Internal, parent, tool, static (span, tool) =>
        {
            span.SetTag(GenAiAttributes.OperationName, "execute_tool");
            span.SetTag(GenAiAttributes.ToolName, tool.name);
            span.SetKnown(GenAiAttributes.ToolCallId, tool.callId);
            if (ToolCallOrigins.Find(span, tool.callId) is { } asker)
            {
                span.AddLink(new ActivityLink(asker.Context));
            }
        });
    }

    /// <summary>Starts the span of a call whose answer comes in one piece. For a stream use <c>TraceLlm</c>.</summary>
    /// <param name="call">What is asked, and of whom.</param>
    /// <returns>
    /// The span, current until it is disposed. The tokens are for <see cref="LlmSpan.Record"/>, the tools that the answer
    /// asks for <see cref="LlmSpan.RecordToolCall"/>, what else it tells for <see cref="LlmSpan.Set"/>, under the names of
    /// <see cref="GenAiAttributes"/>.
    /// </returns>
    public static LlmSpan StartChat(LlmCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return LlmSpan.Start(LlmCallSpan.NameOf(call), LlmCallSpan.Kind, call.Parent, call, static (span, call) =>
        {
            LlmCallSpan.SetAttributes(span, call);
            span.SetKnown(GenAiAttributes.ResponseModel, call.Model);
            InputContent.Set(span, call);
        }, call);
    }

    /// <summary>Runs code within a span, and ends the span with it.</summary>
    /// <typeparam name="T">What the code gives.</typeparam>
    /// <param name="span">A span just started: <c>LlmTrace.RunAsync(LlmTrace.StartTask("plan"), …)</c>.</param>
    /// <param name="body">The code. The span is current in it, and no longer in the caller.</param>
    /// <returns>What the code gives; its exception is recorded on the span and passed on unchanged.</returns>
    /// <remarks>
    /// Several run in parallel, by <c>Task.WhenAll</c> say, are siblings: each is started when the one before has left the
    /// caller.
    /// </remarks>
    public static Task<T> RunAsync<T>(LlmSpan span, Func<LlmSpan, Task<T>> body)
    {
        ThrowIfNull(span, body);
        var running = RunToEndAsync(span, body);
        span.Leave();
        return running;
    }

    /// <summary>Runs code that gives nothing within a span, and ends the span with it.</summary>
    /// <param name="span">A span just started: <c>LlmTrace.RunAsync(LlmTrace.StartTask("plan"), …)</c>.</param>
    /// <param name="body">The code. The span is current in it, and no longer in the caller.</param>
    /// <returns>The end of the code; its exception is recorded on the span and passed on unchanged.</returns>
    /// <inheritdoc cref="RunAsync{T}" path="/remarks"/>
    public static Task RunAsync(LlmSpan span, Func<LlmSpan, Task> body)
    {
        ThrowIfNull(span, body);
        return RunAsync(span, async span =>
        {
            await body(span).ConfigureAwait(false);
            return true;
        });
    }

    /// <summary>Says how to record what is said in a span, for a listener to call when the span starts.</summary>
    /// <param name="span">A span of this library.</param>
    /// <param name="options">The host's options; of several hosts' the first that differ from the defaults count.</param>
    public static void CaptureContent(Activity span, LlmTracingOptions options)
    {
        ArgumentNullException.ThrowIfNull(span);
        ArgumentNullException.ThrowIfNull(options);
        SpanContent.Use(span, options);
    }

    /// <summary>Has a call outside of any request priced, for a listener to call when its span starts.</summary>
    /// <param name="span">A span of this library.</param>
    /// <param name="accounting">The host's prices and estimates; of several hosts' the first that is given counts.</param>
    public static void Account(Activity span, UsageAccounting accounting)
    {
        ArgumentNullException.ThrowIfNull(span);
        ArgumentNullException.ThrowIfNull(accounting);
        if (accounting.IsWanted)
        {
            SpanAccounting.Use(span, accounting);
        }
    }

    /// <summary>Follows the progress of a span, for a listener to call when the span starts.</summary>
    /// <param name="span">A span of this library.</param>
    /// <param name="progress">What is told; beside others, if there are.</param>
    public static void ObserveProgress(Activity span, ISpanProgress progress)
    {
        ArgumentNullException.ThrowIfNull(span);
        ArgumentNullException.ThrowIfNull(progress);
        SpanProgress.Add(span, progress);
    }

    /// <summary>Reads the chunks of every stream of <typeparamref name="T"/> in this process with a reader.</summary>
    /// <typeparam name="T">The exact type of one chunk.</typeparam>
    /// <param name="reader">The reader; it replaces one given before.</param>
    public static void UseChunkReader<T>(IChunkReader<T> reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ChunkReaders.Use(reader);
    }

    /// <summary>Learns the HTTP status of a provider's refusal from exceptions that only its own SDK knows.</summary>
    /// <param name="statusOf">
    /// Gives the status of an exception, or null where it is not one of the SDK's. It must not throw.
    /// </param>
    /// <remarks><see cref="HttpRequestException"/> is understood without. Serves the whole process.</remarks>
    public static void UseFailureStatus(Func<Exception, int?> statusOf)
    {
        ArgumentNullException.ThrowIfNull(statusOf);
        UpstreamFailure.Use(statusOf);
    }

    private static void ThrowIfNull(LlmSpan span, Delegate body)
    {
        ArgumentNullException.ThrowIfNull(span);
        if (body is null)
        {
            // Nobody else would: it was started in the very call.
            span.Dispose();
        }

        ArgumentNullException.ThrowIfNull(body);
    }

    // Being async, it leaves the caller's current span alone.
    private static async Task<T> RunToEndAsync<T>(LlmSpan span, Func<LlmSpan, Task<T>> body)
    {
        using (span)
        {
            span.Enter();
            try
            {
                return await body(span).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                span.Fail(exception);
                throw;
            }
        }
    }
}
