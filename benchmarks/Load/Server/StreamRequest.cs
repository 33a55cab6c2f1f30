using Microsoft.AspNetCore.Mvc;

namespace LlmTracing.Benchmarks.Load.Server;

/// <summary>What a client asks for.</summary>
/// <param name="Chunks">How many chunks.</param>
/// <param name="Gap">Milliseconds between them.</param>
/// <param name="IsStamped">Whether they say when they were made.</param>
/// <param name="Holds">Whether the stream stays open after them, until the client leaves.</param>
internal readonly record struct StreamRequest(
    [FromQuery(Name = "chunks")] int Chunks,
    [FromQuery(Name = "gap")] int Gap = 0,
    [FromQuery(Name = "stamped")] bool IsStamped = false,
    [FromQuery(Name = "holds")] bool Holds = false);
