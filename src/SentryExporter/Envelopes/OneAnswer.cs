using System.Runtime.CompilerServices;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Asks the app's own hook once for each transaction, however many destinations it has.</summary>
internal sealed class OneAnswer(Func<FinishedTransaction, FinishedTransaction?> hook)
{
    // As long as somebody has the transaction.
    private readonly ConditionalWeakTable<FinishedTransaction, Lazy<FinishedTransaction?>> _answers = [];

    public FinishedTransaction? To(FinishedTransaction transaction) => _answers.GetValue(
        transaction, asked => new Lazy<FinishedTransaction?>(() => hook(asked))).Value;
}
