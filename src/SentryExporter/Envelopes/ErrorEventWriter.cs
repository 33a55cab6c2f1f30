using System.Diagnostics;
using System.Text.Json;
using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes an exception as Sentry's error event.</summary>
/// <remarks>https://develop.sentry.dev/sdk/foundations/transport/event-payloads/exception/.</remarks>
internal sealed class ErrorEventWriter(EventFieldsWriter fields)
{
    /// <summary>Writes the event.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="eventId">Its id.</param>
    /// <param name="transaction">The transaction that it happened in.</param>
    /// <param name="failed">What failed, with what.</param>
    /// <param name="withFrames">False for one that would be too large with its stacks.</param>
    public void Write(
        Utf8JsonWriter json, string eventId, FinishedTransaction transaction, FailedSpan failed, bool withFrames)
    {
        json.WriteStartObject();
        json.WriteString("event_id"u8, eventId);
        json.WriteNumber("timestamp"u8, EventFieldsWriter.Seconds(failed.Span.End));
        json.WriteString("platform"u8, "csharp"u8);
        json.WriteString("level"u8, "error"u8);
        json.WriteString("transaction"u8, EventFieldsWriter.NameOf(transaction));
        fields.WriteOrigin(json, transaction);
        EventFieldsWriter.WriteRequest(json, transaction.Root);
        EventFieldsWriter.WriteContexts(json, trace => WriteSpan(trace, transaction, failed.Span));
        json.WriteStartObject("exception"u8);
        ExceptionWriter.Write(json, failed.Error, isHandled: !FailedRequest(failed, transaction.Root), withFrames);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSpan(Utf8JsonWriter json, FinishedTransaction transaction, FinishedSpan span)
    {
        EventFieldsWriter.WriteSpanIds(json, transaction, span);
        json.WriteString("op"u8, SentryOp.Of(span));
        json.WriteString("status"u8, SentryStatus.Of(span));
    }

    // A stream marks its request by the type of what failed it, and not by the exception once more.
    private static bool FailedRequest(FailedSpan failed, FinishedSpan root) =>
        root.Status == ActivityStatusCode.Error
        && (root.Error is { } error ? failed.IsOf(error) : root[GenAiAttributes.ErrorType] as string == failed.Error.Type);
}
