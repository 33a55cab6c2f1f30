using System.Diagnostics.Metrics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming;

/// <summary>The instruments of a host's streams, as a meter listener of the app hears them.</summary>
public sealed class StreamMetricsTests
{
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.0)]
    public async Task Streams_OfEveryOutcome_AreCountedWhetherRecordedOrNot(double sampleRate)
    {
        var (gate, requestEnded) = (new ScriptGate(1), new SemaphoreSlim(0));
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.TracesSampleRate = sampleRate,
            Inside = app =>
            {
                app.Use(async (context, next) =>
                {
                    await next(context);
                    requestEnded.Release();
                });
                app.MapGet("/ok", () => new ScriptedSource("a").ToResult(SourceShape.Iterator));
                app.MapGet("/bad", () => new ScriptedSource("a") { Failure = new IOException("broken"), FailureAfter = 1 }
                    .ToResult(SourceShape.Iterator));
                app.MapGet("/held", () => new ScriptedSource("a", "b") { Gates = [gate] }.ToResult(SourceShape.Iterator));
                app.MapGet("/whole", async () =>
                {
                    var chunks = 0;
                    await foreach (var _ in new ScriptedSource("a").As(SourceShape.Iterator).TraceLlm())
                    {
                        chunks++;
                    }

                    return chunks;
                });
            },
        });
        using var metrics = new Listener(app.Services.GetRequiredService<IMeterFactory>());

        await app.GetAsync("/ok");
        await app.GetAsync("/ok");
        await app.GetAsync("/bad");
        await app.GetAsync("/whole");
        await EndAsync(4);
        var held = app.GetAsync("/held");
        await gate.Reached.BoundAsync("silence of the source");
        var whileHeld = metrics.Active;
        gate.Release();
        await held;
        await EndAsync(1);

        Assert.Equal((1, 0), (whileHeld, metrics.Active));
        Assert.Equal(["completed 4", "upstream_failed 1"], metrics.Ended);

        async Task EndAsync(int requests)
        {
            for (var i = 0; i < requests; i++)
            {
                await Deadline.BoundAsync("end of a request", null, async token =>
                {
                    await requestEnded.WaitAsync(token);
                    return true;
                });
            }
        }
    }

    [Fact]
    public async Task ActiveStreams_ListenerComesWhileOneIsOpen_DoesNotSeeItLeave()
    {
        var gate = new ScriptGate(1);
        var requestEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartHeldAsync(gate, requestEnded);
        var held = app.GetAsync("/");
        await gate.Reached.BoundAsync("silence of the source");

        using var metrics = new Listener(app.Services.GetRequiredService<IMeterFactory>());
        gate.Release();
        await held;
        await requestEnded.Task.BoundAsync("end of the request");

        Assert.Equal(0, metrics.Active);
        Assert.Equal(["completed 1"], metrics.Ended);
    }

    [Fact]
    public async Task EndedStreams_ListenerThrows_StreamAndItsSpanEndAllTheSame()
    {
        var gate = new ScriptGate(1);
        await using var app = await StartHeldAsync(gate, new TaskCompletionSource());
        using var metrics = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == app.Services.GetRequiredService<IMeterFactory>()
                    && instrument.Name is StreamMetrics.EndedStreams or StreamMetrics.ActiveStreams)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        metrics.SetMeasurementEventCallback<long>(static (_, _, _, _) => throw new InvalidOperationException("listener"));
        metrics.Start();

        gate.Release();
        var body = await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Contains("event: done", body, StringComparison.Ordinal);
        var span = Assert.Single(transaction.Spans);
        Assert.Equal((StreamOutcome.Completed, false), (span.Outcome!.Value, span.IsUnfinished));
        Assert.NotEmpty(app.Logs.Of("TracingFailed"));
    }

    private static Task<TestApp> StartHeldAsync(ScriptGate gate, TaskCompletionSource requestEnded) =>
        TestApp.StartAsync(app =>
        {
            app.Use(async (context, next) =>
            {
                await next(context);
                requestEnded.TrySetResult();
            });
            app.MapGet("/", () => new ScriptedSource("a", "b") { Gates = [gate] }.ToResult(SourceShape.Iterator));
        });

    private sealed class Listener : IDisposable
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, long> _ended = [];
        private readonly MeterListener _listener = new();
        private long _active;

        public Listener(IMeterFactory meters)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == LlmTrace.MeterName && instrument.Meter.Scope == meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>(Note);
            _listener.Start();
        }

        public long Active
        {
            get
            {
                lock (_lock)
                {
                    return _active;
                }
            }
        }

        public IReadOnlyList<string> Ended
        {
            get
            {
                lock (_lock)
                {
                    return [.. _ended.Select(static one => $"{one.Key} {one.Value}").Order(StringComparer.Ordinal)];
                }
            }
        }

        public void Dispose() => _listener.Dispose();

        private void Note(
            Instrument instrument, long measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        {
            lock (_lock)
            {
                if (instrument.Name == StreamMetrics.ActiveStreams)
                {
                    _active += measurement;
                    return;
                }

                var outcome = Assert.IsType<string>(Assert.Single(tags.ToArray()).Value);
                _ended[outcome] = _ended.GetValueOrDefault(outcome) + measurement;
            }
        }
    }
}
