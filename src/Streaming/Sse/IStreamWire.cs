using LlmTracing.Streaming.Flow;

namespace LlmTracing.Streaming.Sse;

/// <summary>What a response that streams has around its chunks.</summary>
internal interface IStreamWire
{
    /// <summary>Gets the method that makes such a response, as the app calls it.</summary>
    string MethodName { get; }

    /// <summary>Gets a value indicating whether the client has been told of a provider's error by the chunks themselves.</summary>
    bool PassesErrorsOn { get; }

    /// <summary>Sets status and headers, and writes what comes before the first chunk.</summary>
    void Begin(SseFrameWriter frames);

    /// <summary>Writes what makes a whole answer complete.</summary>
    void Complete(SseFrameWriter frames, StreamTrace trace, string? traceId);

    /// <summary>Tells the client of a response that has begun that its answer is cut short.</summary>
    Task CutShortAsync(SseOutput output, SseError error, TimeSpan? retry);
}
