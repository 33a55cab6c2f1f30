namespace LlmTracing;

/// <summary>The instruments of OpenTelemetry's semantic conventions that measure calls to models.</summary>
/// <remarks>
/// Version 1.41:
/// https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/gen-ai/gen-ai-metrics.md.
/// They are on the meter <see cref="LlmTrace.MeterName"/>, of calls recorded and not.
/// </remarks>
public static class GenAiMetrics
{
    /// <summary>Histogram, s: how long a call took, from the first pull of its stream to the end of its span.</summary>
    public const string OperationDuration = "gen_ai.client.operation.duration";

    /// <summary>Histogram, {token}: what a call used, by <see cref="GenAiAttributes.TokenType"/>, where it is known.</summary>
    public const string TokenUsage = "gen_ai.client.token.usage";

    /// <summary>Histogram, s: from the first pull of a stream to its first chunk.</summary>
    public const string TimeToFirstChunk = "gen_ai.client.operation.time_to_first_chunk";

    /// <summary>
    /// Histogram, s: how long the provider let each chunk after the first be waited for. What the app or its client took
    /// before it asked for the chunk is left out.
    /// </summary>
    public const string TimePerOutputChunk = "gen_ai.client.operation.time_per_output_chunk";
}
