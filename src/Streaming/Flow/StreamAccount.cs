using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Flow;

/// <summary>What a stream used: measured while it runs, and as a whole at its end.</summary>
internal sealed class StreamAccount
{
    private readonly CallMeasurement _measurement;
    private bool _measuresChunks = true;

    private StreamAccount(CallMeasurement measurement) => _measurement = measurement;

    /// <summary>Opens the account of a stream that is about to be pulled, if anyone wants to know.</summary>
    public static StreamAccount? Open(StreamTrace trace, LlmCall call, TimeProvider time)
    {
        var measurement = trace.Metrics.Calls.Begin(call, time);
        trace.Pace.TimesPulls = measurement is { TimesChunks: true };
        return measurement is null ? null : new StreamAccount(measurement);
    }

    /// <summary>Notes a chunk that was read.</summary>
    public void OnChunk(StreamTrace trace)
    {
        if (!_measuresChunks)
        {
            return;
        }

        try
        {
            _measurement.Model = trace.Reading.Model;
            _measurement.OnChunk(trace.Pace);
        }
        catch (Exception exception)
        {
            // A listener's fault: said once, not for every chunk.
            _measuresChunks = false;
            Log.TracingFailed(Log.For(trace.Loggers), exception);
        }
    }

    /// <summary>Measures the stream as a whole.</summary>
    public void Close(StreamTrace trace)
    {
        _measurement.Model = trace.Reading.Model;
        _measurement.Usage = trace.Reading.Usage;
        _measurement.ErrorType = ErrorTypeOf(trace);
        _measurement.End();
    }

    private static string? ErrorTypeOf(StreamTrace trace) => trace switch
    {
        { Failure: { } failure } => ActivityExtensions.ErrorTypeOf(failure),
        { Outcome: StreamOutcome.ServerStopping } => StreamOutcome.ServerStopping.ToAttributeValue(),
        _ => null,
    };
}
