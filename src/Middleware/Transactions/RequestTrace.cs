using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>The feature of a request: its root, and what the calls beneath it used.</summary>
internal sealed class RequestTrace(Activity? root, OpenTransaction? transaction) : ILlmTraceFeature
{
    public Activity? Transaction => root;

    public LlmUsage Totals => Sum.Usage;

    public int LlmCalls => Sum.Calls;

    /// <inheritdoc cref="OpenTransaction.Discard"/>
    public void Discard() => transaction?.Discard();

    private UsageTotals Sum => transaction?.Totals() ?? default;
}
