namespace LlmTracing.Benchmarks.Load.Server;

/// <summary>One chunk that is written as JSON.</summary>
internal sealed record TextPiece(int Index, string Delta, string Model);
