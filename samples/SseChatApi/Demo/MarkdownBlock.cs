using System.Text.RegularExpressions;

namespace SseChatApi.Demo;

/// <summary>A paragraph, list, table or fenced code, with the sentence that introduces it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Parts">Where it may be cut: sentences, items, rows; code is one part.</param>
/// <param name="Lead">The paragraph before it that ends with a colon, or nothing.</param>
internal sealed partial record MarkdownBlock(MarkdownBlockKind Kind, IReadOnlyList<string> Parts, string Lead = "")
{
    private const int TableHeadRows = 2;

    /// <summary>Gets how many parts any extract begins with.</summary>
    public int HeadParts => Kind == MarkdownBlockKind.Table ? TableHeadRows : 0;

    /// <summary>Gets whether a part leans on the ones before it: sentences and numbered steps do.</summary>
    public bool ReadsInOrder => Kind == MarkdownBlockKind.Paragraph
        || (Kind == MarkdownBlockKind.List && char.IsDigit(Parts[0].TrimStart()[0]));

    public string Text => TextOf(Parts);

    public static MarkdownBlock FromLines(MarkdownBlockKind kind, IReadOnlyList<string> lines) => new(kind, kind switch
    {
        MarkdownBlockKind.Paragraph => SentenceEnd().Split(Unwrapped(lines)),
        MarkdownBlockKind.List => Items(lines),
        MarkdownBlockKind.Table => [.. lines.Select(WithoutLinks)],
        _ => [string.Join('\n', lines)],
    });

    /// <summary>Writes the block with only some of its parts.</summary>
    public string TextOf(IEnumerable<string> parts)
    {
        var body = string.Join(Kind == MarkdownBlockKind.Paragraph ? " " : "\n", parts);
        return Lead.Length > 0 ? $"{Lead}\n\n{body}" : body;
    }

    private static List<string> Items(IReadOnlyList<string> lines)
    {
        List<List<string>> items = [];
        foreach (var line in lines)
        {
            if (items.Count == 0 || MarkdownBlocks.IsListItem(line))
            {
                items.Add([]);
            }

            items[^1].Add(line);
        }

        // An item's first indentation is its nesting.
        return [.. items.Select(item => item[0][..^item[0].TrimStart().Length] + Unwrapped(item))];
    }

    private static string Unwrapped(IEnumerable<string> lines) =>
        WithoutLinks(string.Join(' ', lines.Select(line => line.TrimStart('>', ' ').TrimEnd())));

    // Links are relative to their document: in an answer they would lead nowhere.
    private static string WithoutLinks(string text) => Link().Replace(Image().Replace(text, ""), "$1").TrimEnd();

    [GeneratedRegex(@"(?<=[.!?][)""'*_`]*)\s+(?=[\p{Lu}\p{N}`""'*_(\[])")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"!\[[^\]]*\]\([^)]*\)")]
    private static partial Regex Image();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();
}
