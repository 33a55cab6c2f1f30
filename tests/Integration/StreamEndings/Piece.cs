namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>A chunk that tells the tokens so far, as some providers' do.</summary>
public sealed record Piece(string Text, long OutputTokens);
