namespace LlmTracing;

/// <summary>One call on the stack of an exception, under the names of the source code, not of the compiler.</summary>
/// <param name="Function">The method, for example <c>AskAsync</c>; of a lambda, the method that it is in.</param>
public sealed record FinishedFrame(string Function)
{
    /// <summary>Gets the full name of the type that declares it.</summary>
    public string? Module { get; init; }

    /// <summary>Gets the name of its assembly.</summary>
    public string? Assembly { get; init; }

    /// <summary>Gets the path of its source file, as the compiler wrote it into the symbols.</summary>
    /// <value>Null where there are no symbols.</value>
    public string? File { get; init; }

    /// <summary>Gets the line in that file, from 1.</summary>
    public int? Line { get; init; }
}
