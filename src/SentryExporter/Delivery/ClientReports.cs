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

    public void Add(string reason, Envelope envelope)
    {
        // A report is no event of the app's.
        if (envelope.Category != Envelope.ClientReport)
        {
            Add(reason, envelope.Category, envelope.Spans);
        }
    }

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
        var discarded = TakeCounts();
        if (discarded.Count == 0)
        {
            return;
        }

        var isAccepted = false;
        try
        {
            isAccepted = await _sender.SendAsync(_dsn, Write(discarded), cancellationToken) is (SendResult.Accepted, _);
        }
        catch (OperationCanceledException)
        {
            // It is put back, as where no answer came.
        }

        if (!isAccepted)
        {
            foreach (var ((reason, category), count) in discarded)
            {
                Count(reason, category, count);
            }
        }
    }

    /// <summary>Gives what has been discarded since the last report as an envelope, for whoever can keep it.</summary>
    /// <returns>Null where nothing was. It is kept for longer than what it tells of.</returns>
    public Envelope? Take() => TakeCounts() is { Count: > 0 } discarded
        ? new Envelope(Envelope.ClientReport, 0, Write(discarded)) { At = DateTimeOffset.MaxValue }
        : null;

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

    private byte[] Write(Dictionary<(string Reason, string Category), long> discarded) => ClientReportWriter.Write(
        [.. discarded.Select(static count => (count.Key.Reason, count.Key.Category, count.Value))], _time.GetUtcNow());

    private Dictionary<(string Reason, string Category), long> TakeCounts()
    {
        lock (_lock)
        {
            var discarded = _discarded;
            _discarded = [];
            return discarded;
        }
    }
}
