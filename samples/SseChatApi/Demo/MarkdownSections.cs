using System.Text.RegularExpressions;

namespace SseChatApi.Demo;

/// <summary>Splits a Markdown document at its headings.</summary>
internal sealed partial class MarkdownSections
{
    private readonly string _source;
    private readonly List<DocSection> _sections = [];
    private readonly List<(int Level, string Text)> _headings = [];
    private readonly List<string> _lines = [];

    private MarkdownSections(string source) => _source = source;

    /// <summary>Reads the sections of one document, in its order; a heading without text below it gives none.</summary>
    public static IReadOnlyList<DocSection> Read(string source, string markdown)
    {
        var reader = new MarkdownSections(source);
        var fence = new CodeFence();
        foreach (var line in markdown.ReplaceLineEndings("\n").Split('\n'))
        {
            reader.Add(line, isCode: fence.Read(line));
        }

        reader.EndSection();
        return reader._sections;
    }

    private void Add(string line, bool isCode)
    {
        if (isCode || HeadingLine().Match(line) is not { Success: true } heading)
        {
            _lines.Add(line);
            return;
        }

        EndSection();
        var level = heading.Groups["marks"].Length;
        _headings.RemoveAll(outer => outer.Level >= level);
        _headings.Add((level, heading.Groups["text"].Value));
    }

    private void EndSection()
    {
        var text = string.Join('\n', _lines).Trim('\n', ' ');
        _lines.Clear();
        if (text.Length > 0)
        {
            _sections.Add(new DocSection(_source, HeadingPath(), text));
        }
    }

    private string HeadingPath() => _headings.Count > 0
        ? string.Join(DocSection.PathSeparator, _headings.Select(heading => heading.Text))
        : Path.GetFileNameWithoutExtension(_source);

    [GeneratedRegex(@"^ {0,3}(?<marks>#{1,6})[ \t]+(?<text>.*?\S)(?:[ \t]+#+)?[ \t]*$", RegexOptions.ExplicitCapture)]
    private static partial Regex HeadingLine();
}
