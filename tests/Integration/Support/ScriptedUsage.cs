namespace LlmTracing.Tests.Integration.Support;

/// <summary>
/// Token counts as the provider puts them on the wire: OpenAI's <paramref name="Input"/> includes what was cached,
/// Anthropic's excludes it.
/// </summary>
internal sealed record ScriptedUsage(
    long Input, long Output, long CacheRead = 0, long CacheWrite = 0, long Reasoning = 0);
