using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace LlmTracing.Tests.Integration.StreamEndings.Soak;

/// <summary>Counts the spans of streams where they start, end and are delivered, and keeps nothing of them.</summary>
internal sealed class SoakCounts : ITransactionSink, IDisposable
{
    private readonly int[] _outcomes = new int[Enum.GetValues<StreamOutcome>().Length];
    private readonly ActivityListener _spans;
    private readonly MeterListener _meters = new();
    private readonly SemaphoreSlim _changed = new(0);
    private int _started;
    private int _ended;
    private int _delivered;
    private int _unfinished;
    private long _active;

    public SoakCounts()
    {
        _spans = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == LlmTrace.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.None,
            ActivityStarted = _ => Interlocked.Increment(ref _started),
            ActivityStopped = _ => Interlocked.Increment(ref _ended),
        };
        ActivitySource.AddActivityListener(_spans);
    }

    public int Started => Volatile.Read(ref _started);

    public int Ended => Volatile.Read(ref _ended);

    public int Delivered => Volatile.Read(ref _delivered);

    public int Unfinished => Volatile.Read(ref _unfinished);

    public long Active => Interlocked.Read(ref _active);

    public string Outcomes => string.Join(
        ", ",
        Enum.GetValues<StreamOutcome>()
            .Where(outcome => _outcomes[(int)outcome] > 0)
            .Select(outcome => $"{_outcomes[(int)outcome]} {outcome.ToAttributeValue()}"));

    public void ListenTo(IMeterFactory meters)
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Name == StreamMetrics.ActiveStreams)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((_, change, _, _) =>
        {
            Interlocked.Add(ref _active, change);
            _changed.Release();
        });
        _meters.Start();
    }

    public async Task WhenAllAreDeliveredAsync()
    {
        while (Delivered < Started || Active > 0)
        {
            await _changed.WaitAsync();
        }
    }

    public void Accept(FinishedTransaction transaction)
    {
        foreach (var span in transaction.Spans)
        {
            Interlocked.Increment(ref _delivered);
            Interlocked.Increment(ref _outcomes[(int)span.Outcome!.Value]);
            if (span.IsUnfinished)
            {
                Interlocked.Increment(ref _unfinished);
            }
        }

        _changed.Release();
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Dispose()
    {
        _spans.Dispose();
        _meters.Dispose();
        _changed.Dispose();
    }
}
