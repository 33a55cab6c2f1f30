using System.Text.Json.Serialization;

namespace LlmTracing.Benchmarks.Load.Client;

[JsonSerializable(typeof(LoadPlan))]
[JsonSerializable(typeof(LoadSeen))]
internal sealed partial class ClientJson : JsonSerializerContext;
