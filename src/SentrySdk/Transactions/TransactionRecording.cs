using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentrySdk.Transactions;

/// <summary>Tells the SDK of a transaction that has ended, with the names, ids and times that it has.</summary>
internal static class TransactionRecording
{
    [ThreadStatic]
    private static bool _isRecording;

    /// <summary>Gets a value indicating whether the transaction that the SDK is being told of, on this thread, is ours.</summary>
    public static bool IsOurs => _isRecording;

    /// <summary>Tells it.</summary>
    /// <param name="hub">The SDK.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="configure">Completes the scope that the SDK sends it with, which has nothing of another.</param>
    public static void Record(IHub hub, FinishedTransaction transaction, Action<Scope> configure)
    {
        // More than these it would leave out by itself, without a word, and whichever came last.
        transaction = TransactionTrimmer.LimitSpans(transaction);
        var root = transaction.Root;
        _isRecording = true;
        try
        {
            hub.RecordTransaction(
                EventFieldsWriter.NameOf(transaction),
                SentryOp.Of(root),
                root.Start,
                DurationOf(root),
                SentryId.Parse(transaction.TraceId.ToHexString()),
                IdOf(root.SpanId),
                root.ParentSpanId is { } parent ? IdOf(parent) : null,
                recorder =>
                {
                    recorder.ConfigureScope(configure);
                    Write(recorder, transaction);
                });
        }
        finally
        {
            _isRecording = false;
        }
    }

    private static void Write(ITransactionRecorder recorder, FinishedTransaction transaction)
    {
        WriteFields(recorder, transaction.Root);
        recorder.Release = SentryResource.Of(transaction, SentryResource.Release, recorder.Release);
        recorder.Environment = SentryResource.Of(transaction, SentryResource.Environment, recorder.Environment);
        if (transaction.Root[HttpAttributes.RequestMethod] is string method)
        {
            recorder.ConfigureScope(scope =>
            {
                scope.Request.Method = method;
                scope.Request.Url = EventFieldsWriter.UrlOf(transaction.Root);
            });
        }

        var recorded = new Dictionary<System.Diagnostics.ActivitySpanId, ISpanRecorder> { [transaction.Root.SpanId] = recorder };
        var ids = transaction.Spans.Select(static span => span.SpanId).ToHashSet();
        var waiting = new Queue<FinishedSpan>(transaction.Spans);
        for (var skipped = 0; waiting.TryDequeue(out var span);)
        {
            // A parent that began at the same moment may come after its child.
            var isParentToCome = span.ParentSpanId is { } id && ids.Contains(id) && !recorded.ContainsKey(id);
            if (isParentToCome && skipped++ < waiting.Count)
            {
                waiting.Enqueue(span);
                continue;
            }

            skipped = 0;
            var parent = span.ParentSpanId is { } parentId ? recorded.GetValueOrDefault(parentId, recorder) : recorder;
            recorded[span.SpanId] = parent.RecordSpan(
                SentryOp.Of(span), span.Start, DurationOf(span), IdOf(span.SpanId), child => WriteSpan(child, span));
        }
    }

    private static void WriteSpan(ISpanRecorder recorder, FinishedSpan span)
    {
        recorder.Description = SentryOp.DescriptionOf(span);
        WriteFields(recorder, span);
    }

    private static void WriteFields(ISpanRecorder recorder, FinishedSpan span)
    {
        recorder.Status = StatusOf(span);
        foreach (var (key, value) in SentryAttributes.Of(span.Attributes))
        {
            recorder.SetData(key, value);
        }
    }

    // The clock of a span may have been set back while it was open, which the SDK would take for an error.
    private static TimeSpan DurationOf(FinishedSpan span) => span.End > span.Start ? span.End - span.Start : TimeSpan.Zero;

    private static SpanId IdOf(System.Diagnostics.ActivitySpanId id) => new(id.ToHexString());

    private static SpanStatus StatusOf(FinishedSpan span) => SentryStatus.Of(span) switch
    {
        "ok" => SpanStatus.Ok,
        "cancelled" => SpanStatus.Cancelled,
        "deadline_exceeded" => SpanStatus.DeadlineExceeded,
        "aborted" => SpanStatus.Aborted,
        "unauthenticated" => SpanStatus.Unauthenticated,
        "permission_denied" => SpanStatus.PermissionDenied,
        "not_found" => SpanStatus.NotFound,
        "already_exists" => SpanStatus.AlreadyExists,
        "resource_exhausted" => SpanStatus.ResourceExhausted,
        "unimplemented" => SpanStatus.Unimplemented,
        "unavailable" => SpanStatus.Unavailable,
        "invalid_argument" => SpanStatus.InvalidArgument,
        _ => SpanStatus.InternalError,
    };
}
