namespace LlmTracing;

/// <summary>The exception that a span failed with, as text.</summary>
/// <param name="Type">The full name of its type.</param>
/// <param name="Message">Its message.</param>
/// <param name="StackTrace">The exception with its stack, as .NET prints it.</param>
public sealed record FinishedError(string? Type, string? Message, string? StackTrace);
