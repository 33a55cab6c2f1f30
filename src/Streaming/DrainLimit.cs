namespace LlmTracing;

/// <summary>How much of an answer is read on after its reader has left; whichever limit is reached first.</summary>
public sealed record DrainLimit
{
    /// <summary>Gets or sets for how long it is read on.</summary>
    /// <value>
    /// Above 0, to 10 minutes; the default is 20 seconds. Beyond <see cref="LlmTracingOptions.ChildLimit"/> the
    /// transaction goes without waiting for it.
    /// </value>
    public TimeSpan Time { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets or sets how many more chunks are read.</summary>
    /// <value>1 or more. The default is 10,000.</value>
    public long Chunks { get; set; } = 10_000;
}
