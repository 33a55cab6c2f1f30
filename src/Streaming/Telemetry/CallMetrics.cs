using System.Diagnostics;
using System.Diagnostics.Metrics;
using LlmTracing.Streaming.Accounts;

namespace LlmTracing.Streaming.Telemetry;

/// <summary>The instruments that measure the calls of one host to models.</summary>
internal sealed class CallMetrics(Meter meter)
{
    // The boundaries that the conventions advise; see GenAiMetrics.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries =
            [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    };

    private static readonly InstrumentAdvice<long> Tokens = new()
    {
        HistogramBucketBoundaries =
            [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
    };

    private readonly Histogram<double> _duration = meter.CreateHistogram(
        GenAiMetrics.OperationDuration, "s", "GenAI operation duration.", tags: null, Seconds);

    private readonly Histogram<long> _tokens = meter.CreateHistogram(
        GenAiMetrics.TokenUsage, "{token}", "Number of input and output tokens used.", tags: null, Tokens);

    private readonly Histogram<double> _timeToFirstChunk = meter.CreateHistogram(
        GenAiMetrics.TimeToFirstChunk, "s", "Time to receive the first chunk of a stream.", tags: null, Seconds);

    private readonly Histogram<double> _timePerChunk = meter.CreateHistogram(
        GenAiMetrics.TimePerOutputChunk, "s", "Time per chunk after the first, the provider's alone.", tags: null, Seconds);

    // No histogram: what is asked of it is a sum over time, and no buckets fit both a cent's fraction and a long context.
    private readonly Counter<double> _cost = meter.CreateCounter<double>(
        StreamMetrics.Cost, "{USD}", "Cost of calls whose usage and price are known.");

    public bool IsEnabled => _duration.Enabled || _tokens.Enabled || _timeToFirstChunk.Enabled || _timePerChunk.Enabled
        || _cost.Enabled;

    /// <summary>Begins to measure a call, if anyone listens.</summary>
    public CallMeasurement? Begin(LlmCall call, TimeProvider time) =>
        IsEnabled ? new CallMeasurement(this, call, time) : null;

    public bool TimesChunks => _timePerChunk.Enabled;

    public void RecordFirstChunk(TimeSpan waited, in TagList tags) => _timeToFirstChunk.Record(waited.TotalSeconds, tags);

    public void RecordNextChunk(TimeSpan waited, in TagList tags) => _timePerChunk.Record(waited.TotalSeconds, tags);

    public void RecordDuration(TimeSpan took, string? errorType, TagList tags)
    {
        if (errorType is not null)
        {
            tags.Add(GenAiAttributes.ErrorType, errorType);
        }

        _duration.Record(took.TotalSeconds, tags);
    }

    public void RecordCost(double? cost, in TagList tags)
    {
        if (cost is { } known)
        {
            _cost.Add(known, tags);
        }
    }

    public void RecordTokens(long? tokens, string type, TagList tags)
    {
        if (tokens is { } known && _tokens.Enabled)
        {
            tags.Add(GenAiAttributes.TokenType, type);
            _tokens.Record(known, tags);
        }
    }
}
