namespace SseChatApi.Demo;

/// <summary>The text under one heading of a document.</summary>
/// <param name="Source">The file, relative to the corpus, such as <c>docs/architecture.md</c>.</param>
/// <param name="Heading">The headings leading here, outermost first, such as <c>Architecture > Delivery</c>.</param>
/// <param name="Text">The Markdown below the heading, without the sections of its own.</param>
internal sealed record DocSection(string Source, string Heading, string Text)
{
    public const string PathSeparator = " > ";

    /// <summary>Gets the innermost heading.</summary>
    public string Title => Heading[(Heading.LastIndexOf(PathSeparator, StringComparison.Ordinal) is var at and >= 0
        ? at + PathSeparator.Length
        : 0)..];
}
