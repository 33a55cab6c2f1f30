using System.Diagnostics.Metrics;
using LlmTracing.SentryExporter.Delivery;
using LlmTracing.Tests.Integration.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Delivery;

/// <summary>An app whose exporter is given transactions by hand, and that counts what becomes of them.</summary>
internal sealed class DeliveryApp : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(object? Host, string Name), long> _counts = [];
    private readonly List<(string Counter, long Count, TaskCompletionSource Signal)> _waits = [];
    private readonly MeterListener _listener = new();
    private TestApp _app = null!;
    private IMeterFactory? _meters;

    // Before the app starts: what is left in a spool is sent at once.
    private DeliveryApp()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == LlmTrace.MeterName && instrument is Counter<long>)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(Note);
        _listener.Start();
    }

    public SentrySink Sink { get; private set; } = null!;

    public RecordingLogs Logs => _app.Logs;

    public long Sent => CountOf(SentryExporterMetrics.Sent);

    public long Spooled => CountOf(SentryExporterMetrics.Spooled);

    public static async Task<DeliveryApp> StartAsync(
        string dsn,
        string spool,
        Action<SentryExporterOptions>? options = null,
        TimeProvider? time = null,
        ILoggerProvider? logs = null,
        TimeSpan? shutdown = null)
    {
        var app = new DeliveryApp();
        app._app = await TestApp.StartAsync(new TestAppSetup
        {
            Services = services =>
            {
                services.AddSingleton(time ?? TimeProvider.System);
                if (logs is not null)
                {
                    services.AddSingleton(logs);
                }
            },
            Options = tracing =>
            {
                // Only what it is given by hand: spans outside requests are collected by every host of the process.
                tracing.TracesSampleRate = 0;
                tracing.ShutdownTimeout = shutdown ?? tracing.ShutdownTimeout;
            },
            Tracing = tracing => tracing.AddSentryExporter(exporter =>
            {
                (exporter.Dsn, exporter.SpoolDirectory) = (dsn, spool);
                options?.Invoke(exporter);
            }),
        });
        app.Sink = app._app.Services.GetServices<ITransactionSink>().OfType<SentrySink>().Single();
        app._meters = app._app.Services.GetRequiredService<IMeterFactory>();
        return app;
    }

    public long DroppedFor(string reason) => CountOf($"{SentryExporterMetrics.Dropped} {reason}");

    public long CountOf(string counter)
    {
        lock (_lock)
        {
            return _counts.GetValueOrDefault((_meters, counter));
        }
    }

    /// <summary>Gives a task that completes when a counter has reached a number.</summary>
    public Task<bool> WhenCountedAsync(string counter, long count)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_counts.GetValueOrDefault((_meters, counter)) >= count)
            {
                signal.SetResult();
            }
            else
            {
                _waits.Add((counter, count, signal));
            }
        }

        return Deadline.BoundAsync($"{count} of {counter}", TimeSpan.FromSeconds(60), async token =>
        {
            await signal.Task.WaitAsync(token);
            return true;
        });
    }

    public FinishedTransaction[] Accept(int count) =>
        Accept([.. Enumerable.Range(0, count).Select(MadeTransactions.One)]);

    public FinishedTransaction[] Accept(FinishedTransaction[] made)
    {
        foreach (var transaction in made)
        {
            Sink.Accept(transaction);
        }

        return made;
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _listener.Dispose();
    }

    private void Note(
        Instrument instrument, long count, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var name = tags.Length == 0 ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
        lock (_lock)
        {
            var key = (instrument.Meter.Scope, name);
            var sum = _counts[key] = _counts.GetValueOrDefault(key) + count;
            if (key.Scope != _meters)
            {
                return;
            }

            foreach (var wait in _waits.Where(wait => wait.Counter == name && wait.Count <= sum))
            {
                wait.Signal.TrySetResult();
            }
        }
    }
}
