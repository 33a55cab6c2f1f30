namespace LlmTracing.Benchmarks.Load.Server;

/// <summary>One chunk that is written as JSON.</summary>
internal sealed record TextPiece(string Delta, int Index, string Model);
