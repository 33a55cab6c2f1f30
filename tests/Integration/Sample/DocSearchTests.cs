using SseChatApi.Demo;

namespace LlmTracing.Tests.Integration.Sample;

public sealed class DocSearchTests
{
    private const string Readme =
        """
        # Kettle

        Boils water.

        ## Start

        Fill it, then run:

        ```sh
        # not a heading
        kettle on
        ```

        ## Attributes

        `gen_ai.usage.input_tokens` is set by `InputTokenReader`.
        """;

    private const string Architecture =
        """
        # Architecture ##

        ## Spans

        A span is a timed operation.

        ### Why one span per stream

        A span per chunk was too many spans: span, span, span.

        ## How a stream ends

        The client disconnects, and the span is cancelled.
        """;

    private static readonly DocSearch Search = new(
    [
        .. MarkdownSections.Read("README.md", Readme),
        .. MarkdownSections.Read("docs/architecture.md", Architecture),
    ]);

    [Fact]
    public void Read_NestedHeadings_EachSectionKnowsItsPath()
    {
        var sections = MarkdownSections.Read("docs/architecture.md", Architecture);

        Assert.Equal(
            [
                "Architecture > Spans",
                "Architecture > Spans > Why one span per stream",
                "Architecture > How a stream ends",
            ],
            sections.Select(section => section.Heading));
        Assert.Equal("Why one span per stream", sections[1].Title);
    }

    [Fact]
    public void Read_HashWithinFence_StaysCode()
    {
        var sections = MarkdownSections.Read("README.md", Readme);

        Assert.Equal(["Kettle", "Kettle > Start", "Kettle > Attributes"], sections.Select(section => section.Heading));
        Assert.Equal("Fill it, then run:\n\n```sh\n# not a heading\nkettle on\n```", sections[1].Text);
    }

    [Fact]
    public void Read_TextBeforeFirstHeading_IsNamedAfterItsFile()
    {
        var section = Assert.Single(MarkdownSections.Read("docs/limits.md", "None.\r\n"));

        Assert.Equal(new DocSection("docs/limits.md", "limits", "None."), section);
    }

    [Theory]
    [InlineData("how do I start?", "Start")]
    [InlineData("what is a span", "Spans")]
    [InlineData("what happens when clients disconnect", "How a stream ends")]
    [InlineData("who sets gen_ai.usage.input_tokens?", "Attributes")]
    [InlineData("input token", "Attributes")]
    [InlineData("boiling", "Kettle")]
    public void Search_QuestionInOtherWordForms_BestSectionComesFirst(string question, string title)
    {
        var hits = Search.Search(question, 3);

        Assert.Equal(title, hits[0].Section.Title);
    }

    [Theory]
    [InlineData("who won the football match?")]
    [InlineData("how do I start a rusty old tractor engine?")]
    [InlineData("what is it?")]
    [InlineData("")]
    public void Search_NothingMatches_IsEmpty(string question) => Assert.Empty(Search.Search(question, 3));

    [Fact]
    public void Search_MoreMatchesThanCount_KeepsTheBest()
    {
        var hits = Search.Search("span", 2);

        Assert.Equal(["Spans", "Why one span per stream"], hits.Select(hit => hit.Section.Title));
        Assert.True(hits[0].Score > hits[1].Score);
    }

    [Fact]
    public void Search_EqualScores_KeepTheOrderOfTheCorpus()
    {
        var search = new DocSearch([new("b.md", "B", "kettle"), new("a.md", "A", "kettle")]);

        Assert.Equal(["b.md", "a.md"], search.Search("kettle", 2).Select(hit => hit.Section.Source));
    }

    [Fact]
    public void Load_FolderWithSubfolders_NamesSourcesRelativeToIt()
    {
        var folder = Directory.CreateTempSubdirectory("corpus");
        try
        {
            folder.CreateSubdirectory("docs");
            File.WriteAllText(Path.Combine(folder.FullName, "README.md"), Readme);
            File.WriteAllText(Path.Combine(folder.FullName, "docs", "architecture.md"), Architecture);
            File.WriteAllText(Path.Combine(folder.FullName, "docs", "notes.txt"), "span");

            var hits = DocSearch.Load(folder.FullName).Search("span kettle", 10);

            Assert.Equal(
                ["docs/architecture.md", "README.md"],
                hits.Select(hit => hit.Section.Source).Distinct().OrderDescending(StringComparer.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Load_MissingFolder_FindsNothing() =>
        Assert.Empty(DocSearch.Load(Path.Combine(AppContext.BaseDirectory, "no-such-folder")).Search("span", 3));

    [Theory]
    [InlineData("gen_ai.usage", "gen_ai.usage gen ai usag")]
    [InlineData("Results.TracedSse", "results.tracedsse result traceds trac sse")]
    [InlineData("HTTPClient's retries", "httpclient http client retry")]
    [InlineData("The counts, counted and counting", "count count count")]
    [InlineData("status 429 running", "status 429 run")]
    public void Words_OfText_AreStemmedWholesAndParts(string text, string words) =>
        Assert.Equal(words, string.Join(' ', DocWords.Of(text)));
}
