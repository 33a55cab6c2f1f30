namespace LlmTracing;

/// <summary>One exception, as it was when its span was copied.</summary>
/// <param name="Id">Which exception it is: the same for every span of the process that it failed.</param>
/// <param name="Type">The full name of its type.</param>
/// <param name="Message">Its message.</param>
public sealed record FinishedFault(Guid Id, string Type, string Message)
{
    /// <summary>Gets which exception of the list has this one as its cause.</summary>
    /// <value>Its index; null for the one that was thrown.</value>
    public int? CauseOf { get; init; }

    /// <summary>Gets the name of the assembly that its type is of.</summary>
    public string? Assembly { get; init; }

    /// <summary>Gets the calls that it came through, from where it was thrown outwards; at most 250.</summary>
    /// <value>Empty for one that was never thrown.</value>
    public IReadOnlyList<FinishedFrame> Frames { get; init; } = [];
}
