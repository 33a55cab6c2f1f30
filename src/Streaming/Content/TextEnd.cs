namespace LlmTracing.Streaming.Content;

/// <summary>What is known of the end of a text.</summary>
internal enum TextEnd
{
    /// <summary>It is all there.</summary>
    Whole,

    /// <summary>Its stream ended before it did.</summary>
    Unfinished,

    /// <summary>More of it came than was kept.</summary>
    Cut,
}
