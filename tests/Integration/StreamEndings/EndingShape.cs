namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>The ways to write a source, which differ in how they take being ended.</summary>
public enum EndingShape
{
    /// <summary>An async iterator that honours the token of its enumeration.</summary>
    Iterator,

    /// <summary>An async iterator without one: silent, it hangs in MoveNextAsync.</summary>
    IteratorWithoutToken,

    /// <summary>An async iterator of whole server-sent events.</summary>
    SseItems,

    /// <summary>An enumerator written by hand that honours its token.</summary>
    Enumerator,

    /// <summary>An enumerator written by hand that ignores it, and hangs in MoveNextAsync while it is silent.</summary>
    IgnoringEnumerator,

    /// <summary>An enumerator that honours its token, and whose DisposeAsync does not return while the test runs.</summary>
    HangingDisposal,

    /// <summary>A call that looks only at the token it is made with, as OpenAI's SDK does.</summary>
    Deferred,
}
