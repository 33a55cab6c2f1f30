using System.Text.Json.Serialization;

namespace LlmTracing.Benchmarks.Load.Server;

/// <summary>What the server writes as JSON, generated as in any app that cares for speed.</summary>
[JsonSerializable(typeof(TextPiece))]
[JsonSerializable(typeof(ServerUse))]
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
internal sealed partial class LoadJson : JsonSerializerContext;
