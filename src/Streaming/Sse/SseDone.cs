namespace LlmTracing.Streaming.Sse;

/// <summary>The data of the event <c>done</c>.</summary>
internal sealed record SseDone(string Outcome, string? TraceId, SseUsage? Usage);
