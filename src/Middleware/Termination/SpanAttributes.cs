using LlmTracing.Middleware.Journal;

namespace LlmTracing.Middleware.Termination;

/// <summary>The attributes of a span that is finished by someone else than its own code.</summary>
internal sealed class SpanAttributes(IEnumerable<KeyValuePair<string, object?>> attributes)
{
    private readonly List<KeyValuePair<string, object?>> _attributes = [.. attributes];

    public IReadOnlyList<KeyValuePair<string, object?>> All => _attributes;

    public bool Has(string key) => _attributes.Exists(attribute => attribute.Key == key);

    /// <summary>Sets an attribute, in the place of one of that name; null leaves it as it is.</summary>
    public void Set(string key, object? value)
    {
        if (value is not null)
        {
            _attributes.RemoveAll(attribute => attribute.Key == key);
            _attributes.Add(new(key, value));
        }
    }

    /// <summary>Sets what a stream has told by now.</summary>
    public void SetProgress(in StreamProgress progress)
    {
        Set(GenAiAttributes.ResponseModel, progress.Model);
        Set(LlmTracingAttributes.StreamChunks, progress.Chunks);
        SetUsage(progress.Usage);
    }

    private void SetUsage(in LlmUsage usage)
    {
        Set(GenAiAttributes.UsageInputTokens, usage.InputTokens);
        Set(GenAiAttributes.UsageOutputTokens, usage.OutputTokens);
        Set(GenAiAttributes.UsageTotalTokens, usage.TotalTokens);

        // A part larger than its whole would give backends a negative price.
        Set(GenAiAttributes.UsageCacheReadInputTokens, AtMost(usage.CachedInputTokens, usage.InputTokens));
        Set(GenAiAttributes.UsageCacheCreationInputTokens, AtMost(usage.CacheWriteInputTokens, usage.InputTokens));
        Set(GenAiAttributes.UsageReasoningOutputTokens, AtMost(usage.ReasoningTokens, usage.OutputTokens));
    }

    private static long? AtMost(long? part, long? whole) => part > whole ? whole : part;
}
