using System.Diagnostics;
using LlmTracing.SentrySdk.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sentry.Extensibility;

namespace LlmTracing.SentrySdk.Transactions;

/// <summary>Leaves out what Sentry.Extensions.AI makes of a call that is traced already: its tokens would count twice.</summary>
/// <remarks>
/// Where the app has no transaction of the SDK's, that package begins one for each call; else its spans are in that one, which
/// is the app's, and loses their tokens alone.
/// </remarks>
internal sealed class ExtensionsAiDuplicates(IServiceProvider services, TracedCalls calls) : ISentryTransactionProcessor
{
    private const string Origin = "auto.ai.extensions";

    private static readonly string[] Tokens =
        [GenAiAttributes.UsageInputTokens, GenAiAttributes.UsageOutputTokens, GenAiAttributes.UsageTotalTokens];

    private int _isSaid;

    public SentryTransaction? Process(SentryTransaction transaction)
    {
        if (TransactionRecording.IsOurs)
        {
            return transaction;
        }

        var isWhole = transaction.Origin == Origin && WereTraced(transaction.StartTimestamp, transaction.EndTimestamp);
        var duplicates = transaction.Spans
            .Where(span => IsOfExtensionsAi(span) && WereTraced(span.StartTimestamp, span.EndTimestamp)).ToList();
        if (!isWhole && duplicates.Count == 0)
        {
            return transaction;
        }

        Say();
        foreach (var span in duplicates)
        {
            foreach (var key in Tokens)
            {
                span.SetData(key, null);
            }
        }

        return isWhole ? null : transaction;
    }

    // A span loses its origin when its transaction ends (getsentry/sentry-dotnet, SentrySpan); an agent's name these have always.
    private static bool IsOfExtensionsAi(SentrySpan span) =>
        span.Origin == Origin
        || (span.Operation.StartsWith("gen_ai.", StringComparison.Ordinal) && span.Data.ContainsKey(GenAiAttributes.AgentName));

    private bool WereTraced(DateTimeOffset start, DateTimeOffset? end) =>
        calls.WereOpen(Activity.Current, start, end ?? DateTimeOffset.MaxValue);

    private void Say()
    {
        if (Interlocked.Exchange(ref _isSaid, 1) == 0)
        {
            // Not before: the SDK is one of those that log, and this is part of its options.
            Log.CallTracedTwice(services.GetRequiredService<ILoggerFactory>().CreateLogger(Log.Category));
        }
    }
}
