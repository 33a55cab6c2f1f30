using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Delivery;

/// <summary>Holds what a viewer shows of a transaction against what the recorder of the same app saw.</summary>
internal static class ShownTransaction
{
    public static bool IsOf(SentryEnvelope shown, RecordedTransaction recorded) => shown.Items.Any(
        item => item.Payload.At("contexts").At("trace").At("trace_id").AsText() == recorded.TraceId.ToHexString());

    /// <summary>Fails where they differ: in ids, parents, times or any attribute, by its new name or its old one.</summary>
    public static SentryTransaction Check(SentryEnvelope shown, RecordedTransaction recorded)
    {
        var deviations = new DeviationList();
        EnvelopeChecker.Check(shown, deviations);
        Assert.True(deviations.Sentences.Count == 0, string.Join('\n', deviations.Sentences));

        var transaction = new SentryTransaction(
            shown.Header, EnvelopeChecker.WholeOf(shown), Assert.Single(shown.Items).Payload);
        Assert.Equal(
            (recorded.TraceId.ToHexString(), recorded.Name), (transaction.TraceId, transaction.Name));
        Check(transaction.Json.GetProperty("contexts").GetProperty("trace"), recorded.Root);
        Check(transaction.Start, transaction.End, recorded.Root);

        Assert.Equal(recorded.Spans.Count, transaction.Spans.Count);
        foreach (var (span, expected) in transaction.Spans.Zip(recorded.Spans))
        {
            Assert.Equal(transaction.TraceId, span.TraceId);
            Check(span.Json, expected);
            Check(span.Start, span.End, expected);
        }

        return transaction;
    }

    private static void Check(JsonElement span, RecordedSpan recorded)
    {
        Assert.Equal(recorded.SpanId.ToHexString(), span.GetProperty("span_id").GetString());
        Assert.Equal(recorded.ParentSpanId?.ToHexString(), span.At("parent_span_id").AsText());
        Assert.Equal(DataOf(recorded), new SentryData(span.GetProperty("data")).Values);
    }

    private static void Check(double start, double end, RecordedSpan recorded)
    {
        // A double of today's seconds is exact to a quarter of a microsecond.
        const double exact = 0.000_001;
        Assert.Equal((recorded.Start - DateTimeOffset.UnixEpoch).TotalSeconds, start, exact);
        Assert.Equal((recorded.End - DateTimeOffset.UnixEpoch).TotalSeconds, end, exact);
    }

    private static Dictionary<string, object?> DataOf(RecordedSpan span)
    {
        var data = span.Attributes.ToDictionary(static one => one.Key, static one => AsShown(one.Value));
        foreach (var (name, alias) in GenAiKeys.EqualAliases.Concat(GenAiKeys.ReshapedAliases).Where(one => data.ContainsKey(one.Key)))
        {
            data.Add(alias, data[name]);
        }

        return data;
    }

    private static object? AsShown(object? value) => value switch
    {
        // Half a pair of surrogates has no bytes.
        string text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)),
        IEnumerable list => JsonSerializer.Serialize(list),

        // JSON does not tell 1 from 1.0.
        double number when double.IsInteger(number) => (long)number,
        bool or double => value,
        _ => Convert.ToInt64(value, CultureInfo.InvariantCulture),
    };
}
