using System.Text.Json.Serialization;

namespace LlmTracing.Streaming.Sse;

/// <summary>Serializes the events that end a stream; not by the app's options, for their shape is ours.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SseDone))]
[JsonSerializable(typeof(SseError))]
internal sealed partial class SseEndingJson : JsonSerializerContext;
