using System.Diagnostics;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Accounts;

/// <summary>What a call used whose answer comes in one piece.</summary>
internal sealed class CallAccount
{
    private readonly LlmCall _call;
    private readonly Activity? _span;
    private readonly CallMeasurement? _measurement;

    private CallAccount(LlmCall call, Activity? span, CallMeasurement? measurement) =>
        (_call, _span, _measurement) = (call, span, measurement);

    /// <summary>Gets or sets the model that answers, once it is known.</summary>
    public string? Model { get; set; }

    /// <summary>Gets or sets what the call failed with.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Opens the account of a call, if it is one and anyone wants to know.</summary>
    public static CallAccount? Open(LlmCall? call, Activity? span)
    {
        var recorded = span is { IsAllDataRequested: true } ? span : null;
        var measurement = call is null ? null : CurrentRequest.Metrics.Calls.Begin(call, TimeProvider.System);
        return call is null || (recorded is null && measurement is null)
            ? null
            : new CallAccount(call, recorded, measurement);
    }

    /// <summary>Settles what the call used, tells its span, which has not ended, and measures it.</summary>
    public void Close(in LlmUsage told)
    {
        var loggers = CurrentRequest.Loggers;
        try
        {
            var accounting = CurrentRequest.Accounting ?? SpanAccounting.Of(_span) ?? UsageAccounting.None;
            var usage = accounting.Settle(_call, Model, told, isWhole: true, answer: null, loggers);
            if (_span is not null)
            {
                Tell(_span, usage);
            }

            if (_measurement is not null)
            {
                _measurement.Model = Model;
                _measurement.ErrorType = Failure is null ? null : SpanFailure.ErrorTypeOf(Failure);
                _measurement.End(usage);
            }
        }
        catch (Exception exception)
        {
            // A listener's fault, which the app's own code must not hear of.
            Log.TracingFailed(Log.For(loggers), exception);
        }
    }

    private static void Tell(Activity span, in CallUsage usage)
    {
        if (usage.IsEstimated)
        {
            usage.WriteTo(span);
        }
        else
        {
            // The tokens are there since they were recorded, and the app may have set some of its own since.
            usage.WriteBesideUsageTo(span);
        }
    }
}
