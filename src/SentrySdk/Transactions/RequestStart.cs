namespace LlmTracing.SentrySdk.Transactions;

/// <summary>What a request had when it began, for it may be replaced meanwhile.</summary>
/// <param name="Aborted">Says that the client has left.</param>
internal sealed record RequestStart(CancellationToken Aborted);
