namespace SseChatApi.Demo;

/// <summary>Finds the sections of the project's documents that answer a question, in memory.</summary>
internal sealed class DocSearch
{
    private const int TitleWeight = 3;

    // Below this, a question shares only a common word or two with a section: "how do I start a tractor".
    private const double MinimumCoverage = 0.25;

    private readonly IReadOnlyList<DocSection> _sections;
    private readonly Bm25Index _index;

    public DocSearch(IReadOnlyList<DocSection> sections)
    {
        _sections = sections;
        _index = new Bm25Index([.. sections.Select(Words)]);
    }

    /// <summary>Reads every <c>*.md</c> file below a folder; a missing folder is an empty corpus.</summary>
    public static DocSearch Load(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return new DocSearch([]);
        }

        // The file system's order differs between machines; equal scores must not.
        var files = Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories)
            .Select(file => (Path: file, Source: Path.GetRelativePath(folder, file).Replace('\\', '/')))
            .OrderBy(file => file.Source, StringComparer.Ordinal);

        return new DocSearch([
            .. files.SelectMany(file => MarkdownSections.Read(file.Source, File.ReadAllText(file.Path))),
        ]);
    }

    /// <summary>Gets the sections that match a question, best first; none when nothing does.</summary>
    public IReadOnlyList<DocHit> Search(string question, int count)
    {
        ArgumentNullException.ThrowIfNull(question);

        var words = DocWords.Of(question).ToHashSet();
        var scores = _index.Score(words, MinimumCoverage);
        return
        [
            .. _sections.Zip(scores, (section, score) => new DocHit(section, score * TitleFactor(section, words)))
                .Where(hit => hit.Score > 0)
                .OrderByDescending(hit => hit.Score)
                .Take(count),
        ];
    }

    // 'What is a span' asks for "Spans" rather than for "Why one span per stream".
    private static double TitleFactor(DocSection section, HashSet<string> question)
    {
        var title = DocWords.Of(section.Title).ToHashSet();
        return title.Count == 0 ? 1 : 1 + ((double)title.Count(question.Contains) / title.Count);
    }

    private static string[] Words(DocSection section)
    {
        var title = DocWords.Of(section.Title).ToArray();
        return
        [
            .. Enumerable.Repeat(title, TitleWeight - 1).SelectMany(words => words),
            .. DocWords.Of(section.Heading),
            .. DocWords.Of(section.Text),
        ];
    }
}
