using System.Diagnostics;

namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>The spans that were recorded of a program, to be held against those expected.</summary>
internal sealed class RecordedTree
{
    private readonly RecordedTransaction _transaction;
    private readonly Dictionary<ActivitySpanId, string> _names;

    public RecordedTree(RecordedTransaction transaction)
    {
        _transaction = transaction;
        _names = transaction.Spans.Append(transaction.Root).ToDictionary(static span => span.SpanId, NameOf);
    }

    public IEnumerable<string> DifferencesFrom(ExpectedTree expected)
    {
        var recorded = _transaction.Spans.Append(_transaction.Root).Select(LineOf).ToList();
        var wanted = expected.Spans.Select(static span => span.ToString()).ToList();
        foreach (var line in wanted.Except(recorded).Order(StringComparer.Ordinal))
        {
            yield return $"- {line}";
        }

        foreach (var line in recorded.Except(wanted).Order(StringComparer.Ordinal))
        {
            yield return $"+ {line}";
        }

        foreach (var twice in recorded.CountBy(static line => line).Where(static line => line.Value > 1))
        {
            yield return $"+ {twice.Value} times {twice.Key}";
        }

        var totals = (_transaction.Root[LlmTracingAttributes.Calls], _transaction.Root[LlmTracingAttributes.UsageInputTokens]);
        var wantedTotals = (Known(expected.Calls), Known(expected.InputTokens));
        if (!Equals(totals, wantedTotals))
        {
            yield return $"- (calls, input tokens) {wantedTotals}\n+ {totals}";
        }
    }

    private static object? Known<T>(T total)
        where T : struct => total.Equals(default(T)) ? null : total;

    private static string NameOf(RecordedSpan span) =>
        span.Source == "System.Net.Http" ? SpanNames.OfHttp(new Uri((string)span["url.full"]!).AbsolutePath[1..]) : span.Name;

    private string LineOf(RecordedSpan span)
    {
        var parent = span.ParentSpanId is not { } id ? null : _names.GetValueOrDefault(id, $"a stranger, {id}");

        // A root has its caller's, if any, for a parent; its streams' outcome is the endpoint's to tell.
        var line = new ExpectedSpan(NameOf(span), parent)
        {
            IsFailed = span.Status == ActivityStatusCode.Error,
            Outcome = span["llm_tracing.stream.chunks"] is null ? null : span.Outcome,
            Chunks = (long?)span["llm_tracing.stream.chunks"],
        };
        return span.IsUnfinished ? $"{line}, unfinished" : line.ToString();
    }
}
