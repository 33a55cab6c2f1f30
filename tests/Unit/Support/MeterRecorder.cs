using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Unit.Support;

/// <summary>A host's meters, and what a listener hears of them: <c>name value key=value,…</c>, sorted by key.</summary>
internal sealed class MeterRecorder : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<string> _heard = [];
    private readonly MeterListener _listener = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public MeterRecorder(bool listens = true, Action<string>? onMeasured = null)
    {
        Metrics = new StreamMetrics(Factory);
        if (!listens)
        {
            return;
        }

        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == Factory)
            {
                Instruments.Add(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags, onMeasured));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags, onMeasured));
        _listener.Start();
    }

    public StreamMetrics Metrics { get; }

    public List<Instrument> Instruments { get; } = [];

    private IMeterFactory Factory => _services.GetRequiredService<IMeterFactory>();

    /// <summary>Gives what was heard of the instruments whose names begin so, in order.</summary>
    public IReadOnlyList<string> Of(string name)
    {
        lock (_lock)
        {
            return [.. _heard.Where(one => one.StartsWith(name, StringComparison.Ordinal))];
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Note<T>(
        Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, Action<string>? onMeasured)
    {
        onMeasured?.Invoke(instrument.Name);
        var told = tags.ToArray().OrderBy(static tag => tag.Key, StringComparer.Ordinal)
            .Select(static tag => $"{tag.Key}={tag.Value}");
        lock (_lock)
        {
            _heard.Add(string.Create(CultureInfo.InvariantCulture, $"{instrument.Name} {value} {string.Join(',', told)}"));
        }
    }
}
