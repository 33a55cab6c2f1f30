using System.Diagnostics.Metrics;
using LlmTracing.Streaming.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing;

/// <summary>
/// Counts and measures the streams and calls of one host, on the meter <c>LlmTracing</c>. <c>AddLlmTracing()</c> registers
/// it.
/// </summary>
/// <remarks>
/// They are counted whether or not their requests are recorded. Besides the instruments named here it has those of
/// <see cref="GenAiMetrics"/>.
/// </remarks>
public sealed class StreamMetrics
{
    /// <summary>Up-down counter, {stream}: the streams that were pulled and have not ended.</summary>
    public const string ActiveStreams = "llm_tracing.streams.active";

    /// <summary>Counter, {stream}: the streams that have ended, by <see cref="LlmTracingAttributes.StreamOutcome"/>.</summary>
    public const string EndedStreams = "llm_tracing.streams.ended";

    /// <summary>
    /// Counter, {USD}: what calls cost by <see cref="LlmTracingOptions.Pricing"/>, where usage and price are known.
    /// </summary>
    public const string Cost = "llm_tracing.cost";

    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _ended;

    /// <summary>Makes the instruments of a host.</summary>
    /// <param name="meters">The host's factory, which disposes them with it.</param>
    public StreamMetrics(IMeterFactory meters)
        : this(meters.Create(LlmTrace.MeterName))
    {
    }

    private StreamMetrics(Meter meter)
    {
        _active = meter.CreateUpDownCounter<long>(ActiveStreams, "{stream}", "Streams that are being read.");
        _ended = meter.CreateCounter<long>(EndedStreams, "{stream}", "Streams that have ended.");
        Calls = new CallMetrics(meter);
    }

    /// <summary>Gets the instruments for streams outside of any request, of which the host is not known.</summary>
    internal static StreamMetrics OfProcess { get; } = new(new Meter(LlmTrace.MeterName));

    internal static StreamMetrics Of(IServiceProvider? requestServices) =>
        requestServices?.GetService<StreamMetrics>() ?? OfProcess;

    /// <summary>Gets the instruments that measure each call to a model.</summary>
    internal CallMetrics Calls { get; }

    internal bool IsEnabled => _active.Enabled || _ended.Enabled || Calls.IsEnabled;

    /// <summary>Counts a stream as active, and tells whether anyone counts along: who comes later must not see it leave.</summary>
    internal bool OnStarted()
    {
        var isCounted = _active.Enabled;
        if (isCounted)
        {
            _active.Add(1);
        }

        return isCounted;
    }

    internal void OnEnded(StreamOutcome outcome, bool isCounted)
    {
        if (isCounted)
        {
            _active.Add(-1);
        }

        if (_ended.Enabled)
        {
            _ended.Add(1, new KeyValuePair<string, object?>(LlmTracingAttributes.StreamOutcome, outcome.ToAttributeValue()));
        }
    }
}
