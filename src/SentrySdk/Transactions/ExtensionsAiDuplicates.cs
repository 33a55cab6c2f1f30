using System.Diagnostics;
using LlmTracing.SentrySdk.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sentry.Extensibility;

namespace LlmTracing.SentrySdk.Transactions;

/// <summary>Leaves out what Sentry.Extensions.AI makes of a call that is traced already: its tokens would count twice.</summary>
/// <remarks>
/// Where the SDK has no transaction of its own for the request, that package begins one for each call, which ends while the call's
/// span is current.
/// </remarks>
internal sealed class ExtensionsAiDuplicates(IServiceProvider services) : ISentryTransactionProcessor
{
    private const string Origin = "auto.ai.extensions";

    private int _isSaid;

    public SentryTransaction? Process(SentryTransaction transaction)
    {
        if (TransactionRecording.IsOurs || !IsOfExtensionsAi(transaction) || !IsInsideOurCall(Activity.Current))
        {
            return transaction;
        }

        if (Interlocked.Exchange(ref _isSaid, 1) == 0)
        {
            // Not before: the SDK is one of those that log, and this is part of its options.
            Log.CallTracedTwice(services.GetRequiredService<ILoggerFactory>().CreateLogger(Log.Category));
        }

        return null;
    }

    private static bool IsOfExtensionsAi(SentryTransaction transaction) =>
        transaction.Operation.StartsWith("gen_ai.", StringComparison.Ordinal)
        || transaction.Origin == Origin
        || transaction.Spans.Any(static span => span.Origin == Origin);

    private static bool IsInsideOurCall(Activity? span)
    {
        while (span is not null && !(span.Source.Name == LlmTrace.SourceName && span.GetTagItem(GenAiAttributes.RequestModel) is not null))
        {
            span = span.Parent;
        }

        return span is not null;
    }
}
