using System.Diagnostics;
using System.Runtime.CompilerServices;
using LlmTracing.Middleware.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing;

/// <summary>The share of the traces like one that a host records, which backends repeat to other services.</summary>
public static class SampleRate
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly ConditionalWeakTable<LlmTracingOptions, HostState> Hosts = [];

    /// <summary>Gives the rate by which it was decided whether the trace of a span is recorded.</summary>
    /// <param name="span">Any span of the trace in this process.</param>
    /// <param name="options">Those of the host.</param>
    /// <returns>0 to 1. Of a trace that was decided upon elsewhere, the rate of this host.</returns>
    public static double Of(Activity span, LlmTracingOptions options)
    {
        ArgumentNullException.ThrowIfNull(span);
        ArgumentNullException.ThrowIfNull(options);
        if (options.TracesSampler is null)
        {
            return options.TracesSampleRate;
        }

        var key = KeyOf(options);
        for (var ancestor = span; ancestor is not null; ancestor = ancestor.Parent)
        {
            if (ancestor.GetCustomProperty(key) is double rate)
            {
                return rate;
            }
        }

        return options.TracesSampleRate;
    }

    /// <summary>Asks the app for the rate of a trace that begins.</summary>
    /// <param name="options">Those of the host.</param>
    /// <param name="begins">The trace.</param>
    /// <param name="logger">Where it is said if the app's function fails.</param>
    /// <returns>0 to 1: what <c>TracesSampler</c> says, else <c>TracesSampleRate</c>.</returns>
    public static double Ask(LlmTracingOptions options, TracesSamplerContext begins, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            if (options.TracesSampler?.Invoke(begins) is not { } rate)
            {
                return options.TracesSampleRate;
            }

            return rate is >= 0 and <= 1 ? rate : throw new InvalidOperationException($"The rate must be 0 to 1, was {rate}.");
        }
        catch (Exception exception)
        {
            if (Hosts.GetOrCreateValue(options).IsTimeToLog())
            {
                Log.SamplerFailed(logger, exception);
            }

            return options.TracesSampleRate;
        }
    }

    // Of each host of the process: all of them are asked about every root.
    internal static string KeyOf(LlmTracingOptions options) => Hosts.GetOrCreateValue(options).Key;

    private sealed class HostState
    {
        private static int _hosts;

        private readonly Lock _lock = new();
        private long? _loggedAt;

        public string Key { get; } = $"LlmTracing.SampleRate.{Interlocked.Increment(ref _hosts)}";

        // One that fails does so for every trace.
        public bool IsTimeToLog()
        {
            lock (_lock)
            {
                if (_loggedAt is { } at && TimeProvider.System.GetElapsedTime(at) < Pause)
                {
                    return false;
                }

                _loggedAt = TimeProvider.System.GetTimestamp();
                return true;
            }
        }
    }
}
