namespace LlmTracing.Tests.Integration.Streaming.Wire;

/// <summary>One event as a parser gives it; the id is the last one, of this event or an earlier one.</summary>
internal sealed record ReadEvent(string Type, string Id, string Data);
