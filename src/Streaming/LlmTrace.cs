using System.Diagnostics;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Readers;
using Microsoft.AspNetCore.Http;

namespace LlmTracing;

/// <summary>Starts spans by hand, and reaches the trace of the current request from anywhere in its flow.</summary>
public static class LlmTrace
{
    /// <summary>The name of the <see cref="ActivitySource"/> of every span of this library.</summary>
    public const string SourceName = "LlmTracing";

    // The accessor's instances share one AsyncLocal; it is filled where AddLlmTracing registered the accessor.
    private static readonly HttpContextAccessor HttpContextAccessor = new();

    /// <summary>Gets the root span of the request that this code runs for.</summary>
    /// <value>Null outside a request, or where <c>app.UseLlmTracing()</c> is not in its pipeline.</value>
    public static Activity? Transaction => HttpContext?.Features.Get<ILlmTraceFeature>()?.Transaction;

    internal static ActivitySource Source { get; } =
        new(SourceName, typeof(LlmTrace).Assembly.GetName().Version?.ToString(3));

    internal static HttpContext? HttpContext => HttpContextAccessor.HttpContext;

    /// <summary>Starts the span of one run of a tool, current until it is disposed.</summary>
    /// <param name="name">The tool's name, for example <c>search_docs</c>.</param>
    /// <param name="callId">The model's id of the call, if the model asked for it.</param>
    /// <param name="parent">The span to put it under; by default the current one, else the request's.</param>
    public static LlmSpan StartTool(string name, string? callId = null, Activity? parent = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var span = LlmSpan.Start($"execute_tool {name}", ActivityKind.Internal, parent);
        span.Set(GenAiAttributes.OperationName, "execute_tool");
        span.Set(GenAiAttributes.ToolName, name);
        span.Set(GenAiAttributes.ToolCallId, callId);
        return span;
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
}
