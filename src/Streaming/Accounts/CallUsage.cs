using System.Diagnostics;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Accounts;

/// <summary>What a call used, as far as it is known at its end.</summary>
/// <param name="Usage">Its tokens.</param>
/// <param name="Source">Who says so, where there are any.</param>
/// <param name="EstimatedInput">Input tokens, estimated where the provider said nothing of them.</param>
/// <param name="EstimatedOutput">Output tokens, estimated likewise.</param>
/// <param name="Cost">What they cost, in USD.</param>
internal readonly record struct CallUsage(
    LlmUsage Usage, string? Source, long? EstimatedInput, long? EstimatedOutput, double? Cost)
{
    public const string Estimated = "estimated";

    /// <summary>Gets a value indicating whether some of its tokens are an estimate.</summary>
    public bool IsEstimated => Source == Estimated;

    public void WriteTo(Activity span)
    {
        if (Source is not null)
        {
            span.SetUsage(Usage);
            span.SetTag(LlmTracingAttributes.UsageSource, Source);
        }

        WriteBesideUsageTo(span);
    }

    /// <summary>Writes what the app has not said itself.</summary>
    public void WriteBesideUsageTo(Activity span)
    {
        span.SetKnown(LlmTracingAttributes.UsageEstimatedInputTokens, EstimatedInput);
        span.SetKnown(LlmTracingAttributes.UsageEstimatedOutputTokens, EstimatedOutput);
        span.SetKnown(LlmTracingAttributes.CostTotal, Cost);
    }
}
