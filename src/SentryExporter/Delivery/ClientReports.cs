using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Telemetry;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Counts what is discarded, and tells Sentry of it now and then.</summary>
internal sealed class ClientReports : IDisposable
{
    private const string Span = "span";

    // As often as Sentry's own SDKs do.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly SentryDsn _dsn;
    private readonly EnvelopeSender _sender;
    private readonly DeliveryMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private Dictionary<(string Reason, string Category), long> _discarded = [];

    public ClientReports(SentryDsn dsn, EnvelopeSender sender, DeliveryMetrics metrics, TimeProvider time)
    {
        (_dsn, _sender, _metrics, _time) = (dsn, sender, metrics, time);
        _timer = time.CreateTimer(
            static reports => _ = ((ClientReports)reports!).SendAsync(CancellationToken.None),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    public void Add(string reason, FinishedTransaction transaction) =>
        Add(reason, Envelope.Transaction, transaction.Spans.Count + 1);

    public void Add(string reason, Envelope envelope) => Add(reason, envelope.Category, envelope.Spans);

    public void Add(Discard discard)
    {
        Count(discard.Reason, discard.Category, discard.Quantity);
        if (discard.Category != Span)
        {
            _metrics.OnDropped(discard.Reason);
        }
    }

    /// <summary>Tells Sentry what has been discarded since the last report.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var discarded = Take();
        if (discarded.Count == 0)
        {
            return;
        }

        var result = SendResult.Unanswered;
        try
        {
            var report = ClientReportWriter.Write(
                [.. discarded.Select(static count => (count.Key.Reason, count.Key.Category, count.Value))],
                _time.GetUtcNow());
            result = await _sender.SendAsync(_dsn, report, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // It is put back, as where no answer came.
        }

        if (result == SendResult.Unanswered)
        {
            foreach (var ((reason, category), count) in discarded)
            {
                Count(reason, category, count);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Add(string reason, string category, int spans)
    {
        Count(reason, category, 1);
        if (spans > 0)
        {
            Count(reason, Span, spans);
        }

        _metrics.OnDropped(reason);
    }

    private void Count(string reason, string category, long count)
    {
        lock (_lock)
        {
            if (_discarded.Count == 0)
            {
                _timer.Change(Interval, Timeout.InfiniteTimeSpan);
            }

            _discarded[(reason, category)] = _discarded.GetValueOrDefault((reason, category)) + count;
        }
    }

    private Dictionary<(string Reason, string Category), long> Take()
    {
        lock (_lock)
        {
            var discarded = _discarded;
            _discarded = [];
            return discarded;
        }
    }
}
