using System.Text.Json.Serialization;

namespace LlmTracing.Streaming.Sse;

/// <summary>Serializes the events of our own; not by the app's options, for their shape is ours.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SseDone))]
[JsonSerializable(typeof(SseError))]
[JsonSerializable(typeof(SseTrace))]
internal sealed partial class SseEventJson : JsonSerializerContext;
