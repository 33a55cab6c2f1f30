namespace LlmTracing.Tests.Integration.Support;

/// <summary>The ways to write a source of chunks, which differ in what they see of a cancelled token.</summary>
public enum SourceShape
{
    /// <summary>An async iterator with a token of its enumeration, which it honours.</summary>
    Iterator,

    /// <summary>An async iterator that has no such token.</summary>
    IteratorWithoutToken,

    /// <summary>An enumerator written by hand that honours its token.</summary>
    Enumerator,

    /// <summary>An enumerator written by hand that sees its token cancelled, and goes on all the same.</summary>
    IgnoringEnumerator,

    /// <summary>An async iterator of whole server-sent events, which honours its token.</summary>
    SseItems,
}
