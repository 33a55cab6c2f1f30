namespace LlmTracing.Streaming.Content;

/// <summary>How an app wants recorded what users, models and tools say.</summary>
internal sealed class ContentRules(LlmTracingOptions options)
{
    /// <summary>
    /// How much more of a text than may be kept is shown to <see cref="LlmTracingOptions.Redact"/>: a secret that the limit
    /// cuts in two is still seen whole.
    /// </summary>
    public const int Lookahead = 8 * 1024;

    /// <summary>Gets what holds where no app is known, so that a call alone can want its content recorded.</summary>
    public static ContentRules Default { get; } = new(new LlmTracingOptions());

    /// <inheritdoc cref="LlmTracingOptions.CaptureContent"/>
    public bool IsWanted => options.CaptureContent;

    /// <inheritdoc cref="LlmTracingOptions.MaxContentLength"/>
    public int MostCharacters => options.MaxContentLength;

    /// <inheritdoc cref="LlmTracingOptions.Redact"/>
    public Func<string, string?>? Redact => options.Redact;

    /// <summary>Gets how much of a text must be at hand to record it, and to see whether it must be cut.</summary>
    public int MostCharactersSeen => MostCharacters + (Redact is null ? 1 : Lookahead);

    /// <summary>Gets a value indicating whether they say anything that the default ones do not.</summary>
    public bool SayMore =>
        IsWanted || Redact is not null || MostCharacters != LlmTracingOptions.DefaultMaxContentLength;
}
