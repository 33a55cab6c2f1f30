using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Accounts;

/// <summary>What a stream used: measured and estimated while it runs, and settled at its end.</summary>
internal sealed class StreamAccount
{
    private readonly LlmCall _call;
    private readonly UsageAccounting _accounting;
    private readonly CallMeasurement? _measurement;
    private readonly EstimatedAnswer? _answer;
    private StreamAccount(StreamTrace trace, LlmCall call, CallMeasurement? measurement)
    {
        (_call, _measurement, MeasuresChunks) = (call, measurement, measurement is not null);
        _accounting = trace.Accounting ?? SpanAccounting.Of(trace.Activity) ?? UsageAccounting.None;
        _answer = _accounting.BeginEstimate(call, trace.Loggers);
        trace.Reading.AnswerText = _answer;
        trace.Pace.TimesPulls = measurement is { TimesChunks: true };
    }

    /// <summary>Gets a value indicating whether anyone wants to know of each chunk.</summary>
    public bool MeasuresChunks { get; private set; }

    /// <summary>Gets what the stream used, once it has ended.</summary>
    public CallUsage Usage { get; private set; }

    /// <summary>Opens the account of a stream that is about to be pulled, if anyone wants to know.</summary>
    public static StreamAccount? Open(StreamTrace trace, LlmCall call, TimeProvider time)
    {
        var measurement = trace.Metrics.Calls.Begin(call, time);
        return measurement is null && trace.Activity is not { IsAllDataRequested: true }
            ? null
            : new StreamAccount(trace, call, measurement);
    }

    /// <summary>Notes a chunk that was read, where <see cref="MeasuresChunks"/>.</summary>
    public void OnChunk(StreamTrace trace)
    {
        try
        {
            _measurement!.Model = trace.Reading.Model;
            _measurement.OnChunk(trace.Pace);
        }
        catch (Exception exception)
        {
            // A listener's fault: said once, not for every chunk.
            MeasuresChunks = false;
            Log.TracingFailed(Log.For(trace.Loggers), exception);
        }
    }

    /// <summary>Settles what the stream used, and measures it as a whole.</summary>
    public void Close(StreamTrace trace)
    {
        var reading = trace.Reading;

        // A source may end without the end of its dialect, as when a server in between closes: more was to come.
        var isWhole = trace.RanToEnd && (reading.IsComplete || reading.Dialect is null);
        Usage = _accounting.Settle(_call, reading.Model, reading.Usage, isWhole, _answer, trace.Loggers);
        if (_measurement is not null)
        {
            _measurement.Model = reading.Model;
            _measurement.ErrorType = ErrorTypeOf(trace);
            _measurement.End(Usage);
        }
    }

    private static string? ErrorTypeOf(StreamTrace trace) => trace switch
    {
        { Failure: { } failure } => ActivityExtensions.ErrorTypeOf(failure),
        { Outcome: StreamOutcome.ServerStopping } => StreamOutcome.ServerStopping.ToAttributeValue(),
        _ => null,
    };
}
