namespace SseChatApi.Demo;

/// <summary>Picks the part of a section that answers a question, short enough to quote.</summary>
internal sealed class DemoPassage
{
    private const int ParagraphBreakTokens = 1;

    // After this many tokens a quotation goes on only with blocks that name something asked for.
    private const int EnoughTokens = 50;

    // A block that is cut to less than this says too little to be worth its beginning.
    private const int ShortestCutTokens = 12;

    private readonly DemoQuestion _question;
    private readonly List<string> _texts = [];
    private int _left;

    private DemoPassage(DemoQuestion question, int maxTokens) => (_question, _left) = (question, maxTokens);

    /// <summary>Quotes consecutive blocks around the best match; empty when none of them fits.</summary>
    public static string From(DocSection section, DemoQuestion question, int maxTokens)
    {
        var blocks = MarkdownBlocks.Read(section.Text);
        var best = question.IsCoveredBy(section.Title) ? 0 : BestOf(blocks, question);

        // A section reads best from its start, unless that would leave too little room for the match.
        var before = blocks.Take(best).Sum(block => DemoTokens.Count(block.Text) + ParagraphBreakTokens);
        var start = before <= maxTokens / 3 ? 0 : best;

        var passage = new DemoPassage(question, maxTokens);
        passage.Quote(blocks, start, best, maxTokens - EnoughTokens);
        return string.Join("\n\n", passage._texts);
    }

    private static int BestOf(IReadOnlyList<MarkdownBlock> blocks, DemoQuestion question) => Enumerable
        .Range(0, blocks.Count)
        .OrderByDescending(index => question.MatchesIn(blocks[index].Text))
        .FirstOrDefault();

    private void Quote(IReadOnlyList<MarkdownBlock> blocks, int start, int best, int enoughLeft)
    {
        for (var index = start; index < blocks.Count; index++)
        {
            var block = blocks[index];
            if (index > best && _left <= enoughLeft && _question.MatchesIn(block.Text) == 0)
            {
                return;
            }

            if (TryAdd(block.Text, leastTokens: 1))
            {
                continue;
            }

            var leastCut = _texts.Count == 0 ? 1 : ShortestCutTokens;
            if (TryAdd(MarkdownCut.Cut(block, _question, _left), leastCut) || _texts.Count > 0)
            {
                return;
            }
        }
    }

    private bool TryAdd(string text, int leastTokens)
    {
        var tokens = DemoTokens.Count(text);
        if (tokens < leastTokens || tokens > _left)
        {
            return false;
        }

        _texts.Add(text);
        _left -= tokens + ParagraphBreakTokens;
        return true;
    }
}
