namespace LlmTracing;

/// <summary>The exception that a span failed with.</summary>
/// <param name="Type">The full name of its type.</param>
/// <param name="Message">Its message.</param>
/// <param name="StackTrace">The exception with its stack, as .NET prints it.</param>
public sealed record FinishedError(string? Type, string? Message, string? StackTrace)
{
    /// <summary>Gets the exception and those that caused it: the one that was thrown first of all, each before its causes.</summary>
    /// <value>
    /// Empty where only its text is known. Where one exception failed several spans of a transaction, all have this same list.
    /// </value>
    public IReadOnlyList<FinishedFault> Exceptions { get; init; } = [];
}
