namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>What was kept from being sent, for a client report.</summary>
/// <param name="Reason">Sentry's word for why.</param>
/// <param name="Category">Sentry's word for what: <c>transaction</c>, <c>span</c> or <c>error</c>.</param>
/// <param name="Quantity">How many.</param>
internal readonly record struct Discard(string Reason, string Category, int Quantity);
