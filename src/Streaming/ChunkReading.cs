namespace LlmTracing;

/// <summary>What the chunks of one stream have told so far. The last value noted for a field wins.</summary>
public record struct ChunkReading
{
    /// <summary>Gets or sets the model that answers; becomes <c>gen_ai.response.model</c>.</summary>
    public string? Model { get; set; }

    /// <summary>Gets or sets the provider's id of the answer; becomes <c>gen_ai.response.id</c>.</summary>
    public string? ResponseId { get; set; }

    /// <summary>Gets or sets why the model stopped; becomes <c>gen_ai.response.finish_reasons</c>.</summary>
    public string? FinishReason { get; set; }

    /// <summary>Gets or sets how much text the answer has so far, in UTF-16 code units.</summary>
    public long TextLength { get; set; }

    /// <summary>Gets the tokens reported so far.</summary>
    public LlmUsage Usage { get; private set; }

    /// <summary>Takes over a report of tokens: each field it knows replaces what was there.</summary>
    /// <param name="usage">Running or final totals; a provider that repeats them is so never counted twice.</param>
    public void Update(in LlmUsage usage) => Usage = Usage.UpdatedBy(usage);

    /// <summary>Adds tokens to those reported so far, for a provider that reports increments.</summary>
    /// <param name="usage">The tokens since the last report.</param>
    public void Add(in LlmUsage usage) => Usage += usage;
}
