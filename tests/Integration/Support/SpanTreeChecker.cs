using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The spans as a tree: one trace, unique ids, parents in the event, times inside the transaction.</summary>
internal sealed class SpanTreeChecker
{
    private const int MaxSpans = 1000;

    // Clocks of spans and transaction may be read apart; the rest is the rounding of a double.
    private const double ToleranceSeconds = 0.001 + 0.000001;

    private readonly JsonElement _root;
    private readonly SpanTimes? _rootTimes;
    private readonly JsonElement[] _spans;
    private readonly DeviationList _deviations;
    private readonly Dictionary<string, string?> _parents = [];

    private readonly bool _mayBeLate;

    private SpanTreeChecker(JsonElement @event, DeviationList deviations, bool mayBeLate)
    {
        (_deviations, _mayBeLate) = (deviations, mayBeLate);
        _root = @event.At("contexts").At("trace");
        _spans = [.. @event.At("spans").Elements()];

        // The transaction's own times are reported elsewhere; here they only bound the spans.
        _rootTimes = SpanTimes.Check(@event, "transaction", new DeviationList());
    }

    /// <param name="event">The transaction.</param>
    /// <param name="deviations">Where to note what is wrong.</param>
    /// <param name="mayBeLate">Whether spans may outlive their transaction, as what drains in the background does.</param>
    public static void Check(JsonElement @event, DeviationList deviations, bool mayBeLate)
    {
        var spans = @event.At("spans");
        if (deviations.Require(
            spans.ValueKind == JsonValueKind.Array, $"transaction.spans must be an array, was {spans.Shown()}."))
        {
            new SpanTreeChecker(@event, deviations, mayBeLate).Check();
        }
    }

    private void Check()
    {
        _deviations.Require(
            _spans.Length <= MaxSpans, $"A transaction may have {MaxSpans} spans, this has {_spans.Length}.");
        CollectParents();

        foreach (var (index, span) in _spans.Index())
        {
            CheckIdentity(span, $"spans[{index}]");
            CheckParent(span, $"spans[{index}]");
            CheckTimes(span, $"spans[{index}]");
        }

        CheckOrder();
    }

    private void CollectParents()
    {
        _parents[_root.At("span_id").AsText() ?? ""] = null;
        foreach (var (index, span) in _spans.Index())
        {
            var id = span.At("span_id").AsText() ?? "";
            _deviations.Require(
                _parents.TryAdd(id, span.At("parent_span_id").AsText()),
                $"spans[{index}].span_id \"{id}\" is used twice.");
        }
    }

    private void CheckIdentity(JsonElement span, string path)
    {
        _deviations.RequireEqual(span.At("trace_id"), $"{path}.trace_id", _root.At("trace_id").AsText() ?? "");
        _deviations.RequireMatch(
            span.At("span_id"), $"{path}.span_id", SentryFormats.SpanId, SentryFormats.SpanIdMeaning);
        _deviations.RequireText(span.At("op"), $"{path}.op");
        TransactionChecker.CheckStatus(span, path, _deviations);
        SpanLinkChecker.Check(span, path, _deviations);

        if (span.Has("origin"))
        {
            _deviations.RequireMatch(
                span.At("origin"), $"{path}.origin", SentryFormats.Origin, SentryFormats.OriginMeaning);
        }
    }

    private void CheckParent(JsonElement span, string path)
    {
        var parent = span.At("parent_span_id").AsText();
        if (!_deviations.Require(
            parent is not null && _parents.ContainsKey(parent),
            $"{path}.parent_span_id must name a span of the event, was {span.At("parent_span_id").Shown()}."))
        {
            return;
        }

        // A way longer than there are spans can only be a circle.
        for (var steps = 0; steps <= _spans.Length && parent is not null; steps++)
        {
            parent = _parents.GetValueOrDefault(parent);
        }

        _deviations.Require(parent is null, $"{path} is its own ancestor.");
    }

    private void CheckTimes(JsonElement span, string path)
    {
        // Ended by force when its transaction was sent: the forced end may lie outside.
        var isForced = span.At("status").AsText() == "deadline_exceeded";
        if (SpanTimes.Check(span, path, _deviations) is not { } times || isForced || _rootTimes is not { } root)
        {
            return;
        }

        _deviations.Require(
            times.Start >= root.Start - ToleranceSeconds, $"{path} starts before its transaction.");
        _deviations.Require(
            _mayBeLate || times.End <= root.End + ToleranceSeconds, $"{path} ends after its transaction.");
    }

    private void CheckOrder()
    {
        for (var index = 1; index < _spans.Length; index++)
        {
            var (before, start) = (_spans[index - 1].At("start_timestamp"), _spans[index].At("start_timestamp"));
            _deviations.Require(
                !(start.AsNumber() < before.AsNumber()),
                $"spans[{index}] starts before spans[{index - 1}]: spans must be ordered by start.");
        }
    }
}
