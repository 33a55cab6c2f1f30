using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>What Sentry expects of a decoded envelope, where Relay would silently drop or repair.</summary>
internal static class EnvelopeChecker
{
    public const string Transaction = "transaction";
    public const string ClientReport = "client_report";
    public const string Error = "event";
    public const string Spans = "span";

    // Relay's default max_event_size.
    private const int MaxItemBytes = 1024 * 1024;

    public static void Check(SentryEnvelope envelope, DeviationList deviations, bool spansMayBeLate = false, bool isOfSdk = false)
    {
        EnvelopeHeaderChecker.Check(envelope.Header, deviations);
        CheckItems(envelope, deviations);

        // A report of what was dropped may travel alone, and is about no event.
        if (envelope.OfType(Transaction).FirstOrDefault() is { } transaction)
        {
            CheckSpanItem(envelope, transaction.Payload, deviations);
            CheckEvent(envelope.Header, WholeOf(envelope), deviations, spansMayBeLate, isOfSdk);
        }

        if (!isOfSdk && envelope.OfType(Error).FirstOrDefault() is { } error)
        {
            CheckId(envelope.Header, error.Payload, Error, deviations);
            ErrorEventChecker.Check(envelope.Header, error.Payload, deviations);
        }

        foreach (var report in envelope.OfType(ClientReport))
        {
            ClientReportChecker.Check(report.Payload, deviations);
        }
    }

    /// <summary>Gives the transaction with all its spans, whichever item they came in.</summary>
    public static JsonElement WholeOf(SentryEnvelope envelope)
    {
        var transaction = envelope.OfType(Transaction).First().Payload;
        return envelope.OfType(Spans).FirstOrDefault() is { } item ? SpanItemChecker.Merge(transaction, item) : transaction;
    }

    private static void CheckSpanItem(SentryEnvelope envelope, JsonElement transaction, DeviationList deviations)
    {
        var count = envelope.OfType(Spans).Count();
        deviations.Require(count <= 1, $"An envelope may have 1 item of spans, this has {count}.");
        if (count > 0)
        {
            SpanItemChecker.Check(envelope.OfType(Spans).First(), transaction, deviations);
        }
    }

    private static void CheckItems(SentryEnvelope envelope, DeviationList deviations)
    {
        foreach (var item in envelope.Items)
        {
            deviations.Require(
                item.Type is Transaction or Spans or Error or ClientReport, $"An item of type \"{item.Type}\" is not expected.");
            deviations.Require(
                item.ByteCount <= MaxItemBytes, $"An item may have {MaxItemBytes} bytes, this has {item.ByteCount}.");
            TextChecker.Check(item.Payload, item.Type, deviations);
        }

        var count = envelope.OfType(Transaction).Count() + envelope.OfType(Error).Count();
        var isReportOnly = count == 0 && envelope.OfType(ClientReport).Any();
        deviations.Require(count == 1 || isReportOnly, $"An envelope must have 1 transaction or event, this has {count}.");
    }

    private static void CheckEvent(
        JsonElement header, JsonElement @event, DeviationList deviations, bool spansMayBeLate, bool isOfSdk)
    {
        CheckId(header, @event, Transaction, deviations);
        if (!isOfSdk)
        {
            // It cannot be told that of a transaction that has ended.
            EnvelopeHeaderChecker.CheckTrace(header, @event, deviations);
        }

        TransactionChecker.Check(@event, deviations);
        SpanTreeChecker.Check(@event, deviations, spansMayBeLate);
        CheckData(@event, deviations);
    }

    private static void CheckId(JsonElement header, JsonElement @event, string path, DeviationList deviations)
    {
        deviations.RequireMatch(
            header.At("event_id"), "event_id", SentryFormats.TraceId, SentryFormats.TraceIdMeaning);
        deviations.RequireEqual(@event.At("event_id"), $"{path}.event_id", header.At("event_id").AsText() ?? "");
    }

    private static void CheckData(JsonElement @event, DeviationList deviations)
    {
        var root = @event.At("contexts").At("trace");
        SpanDataChecker.Check(root.At("data"), "contexts.trace.data", deviations);

        foreach (var member in root.At("data").Members().Where(member => IsUsage(member.Name)))
        {
            // Sums over spans and over transactions would each count such tokens again.
            deviations.Add($"contexts.trace.data must not have {member.Name}: tokens belong to spans.");
        }

        foreach (var (index, span) in @event.At("spans").Elements().Index())
        {
            SpanDataChecker.Check(span.At("data"), $"spans[{index}].data", deviations);
            GenAiSpanChecker.Check(span, $"spans[{index}]", deviations);
        }
    }

    private static bool IsUsage(string key) => key.StartsWith(GenAiKeys.Usage, StringComparison.Ordinal);
}
