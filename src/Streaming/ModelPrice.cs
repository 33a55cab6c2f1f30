namespace LlmTracing;

/// <summary>
/// What the tokens of some models cost, in US dollars per million; one entry of <see cref="LlmTracingOptions.Pricing"/>.
/// </summary>
/// <remarks>
/// Each token is paid once: what is read from the cache, written to it or spent on reasoning is taken off the rest. A price
/// that is not set is not known, and a call that used tokens of that kind has no cost; set 0 for what is free.
/// </remarks>
public sealed class ModelPrice
{
    /// <summary>Gets or sets the models that it is for.</summary>
    /// <value>
    /// A name, in which <c>*</c> stands for any text and <c>?</c> for any one character: <c>gpt-4o*</c>. Upper and lower
    /// case are the same.
    /// </value>
    public string Model { get; set; } = "";

    /// <summary>Gets or sets the price of input tokens.</summary>
    /// <value>USD per million, 0 or more.</value>
    public double? Input { get; set; }

    /// <summary>Gets or sets the price of output tokens.</summary>
    /// <value>USD per million, 0 or more.</value>
    public double? Output { get; set; }

    /// <summary>Gets or sets the price of input tokens that are read from the provider's cache.</summary>
    /// <value>USD per million, 0 or more; that of <see cref="Input"/> unless set.</value>
    public double? CachedInput { get; set; }

    /// <summary>Gets or sets the price of input tokens that are written to the provider's cache.</summary>
    /// <value>USD per million, 0 or more; that of <see cref="Input"/> unless set.</value>
    public double? CacheWrite { get; set; }

    /// <summary>Gets or sets the price of output tokens that the model spends on reasoning.</summary>
    /// <value>USD per million, 0 or more; that of <see cref="Output"/> unless set.</value>
    public double? Reasoning { get; set; }
}
