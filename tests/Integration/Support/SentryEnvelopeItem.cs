using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>One item of an envelope. <paramref name="ByteCount"/> is the length of its payload on the wire.</summary>
internal sealed record SentryEnvelopeItem(string Type, int ByteCount, JsonElement Header, JsonElement Payload);
