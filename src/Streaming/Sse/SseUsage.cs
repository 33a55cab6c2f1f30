namespace LlmTracing.Streaming.Sse;

/// <summary>What the reader of an answer learns of its tokens.</summary>
internal sealed record SseUsage(long? InputTokens, long? OutputTokens);
