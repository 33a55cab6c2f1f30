using System.Text.Json.Serialization;

namespace LlmTracing.Streaming.Sse;

/// <summary>Serializes the events that end a stream; not by the app's options, for their shape is ours.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SseDone))]
[JsonSerializable(typeof(SseError))]
internal sealed partial class SseEndingJson : JsonSerializerContext;

/// <summary>The data of the event <c>done</c>.</summary>
internal sealed record SseDone(string Outcome, string? TraceId, SseUsage? Usage);

/// <summary>What the reader of an answer learns of its tokens.</summary>
internal sealed record SseUsage(long? InputTokens, long? OutputTokens);

/// <summary>The data of the event <c>error</c>.</summary>
internal sealed record SseError(string Type, string Message, string? TraceId);
