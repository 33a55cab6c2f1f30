using System.Text.Json.Serialization;

namespace LlmTracing.Benchmarks.Micro.Sse;

[JsonSerializable(typeof(FrameText))]
internal sealed partial class FrameJson : JsonSerializerContext;
