namespace LlmTracing.Tests.Integration.Support;

/// <summary>A script in a provider's dialect. Gates and faults lie between the chunks.</summary>
internal sealed record ProviderConversation(
    IReadOnlyList<SseFrame> Opening, IReadOnlyList<SseFrame> Chunks, IReadOnlyList<SseFrame> Closing);
