namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>What ends a stream.</summary>
public enum Ending
{
    /// <summary>The provider finishes.</summary>
    Completed,

    /// <summary>The provider throws.</summary>
    Failed,

    /// <summary>The provider is silent for longer than it may be, to its first chunk or between two.</summary>
    Stalled,

    /// <summary>The answer takes longer than it may.</summary>
    TooLong,

    /// <summary>The client closes: FIN, or RST_STREAM on HTTP/2.</summary>
    ClientCloses,

    /// <summary>The client's connection breaks: RST.</summary>
    ClientBreaks,

    /// <summary>The client leaves, and the answer is read to its end without it.</summary>
    Drained,

    /// <summary>The client leaves, and the answer is not at its end before the drain's limit.</summary>
    DrainCut,

    /// <summary>The host stops.</summary>
    HostStops,

    /// <summary>The client does not read.</summary>
    ClientDoesNotRead,
}
