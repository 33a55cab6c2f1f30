namespace SseChatApi.Demo;

/// <summary>Shortens a block between its parts: never within a sentence, an item, a row or code.</summary>
internal static class MarkdownCut
{
    /// <summary>Gets what fits of a block, with the part that matches best; empty when that is too long.</summary>
    public static string Cut(MarkdownBlock block, DemoQuestion question, int maxTokens)
    {
        if (block.Kind == MarkdownBlockKind.Code || block.Parts.Count <= block.HeadParts)
        {
            return "";
        }

        var matches = block.Parts.Select(question.MatchesIn).ToArray();
        var byMatch = Enumerable.Range(block.HeadParts, block.Parts.Count - block.HeadParts)
            .OrderByDescending(part => matches[part])
            .ToArray();

        // Part of an identifier matches most rows of its table: only the rows near the best one are meant.
        return block.ReadsInOrder
            ? Consecutive(block, byMatch[0], maxTokens)
            : Chosen(block, byMatch.Where(part => matches[part] * 2 >= matches[byMatch[0]]), maxTokens);
    }

    private static string Consecutive(MarkdownBlock block, int best, int maxTokens)
    {
        for (var start = 0; start <= best; start++)
        {
            var count = Enumerable.Range(1, block.Parts.Count - start)
                .LastOrDefault(count => Fits(block.TextOf(block.Parts.Skip(start).Take(count)), maxTokens));
            if (start + count > best)
            {
                return block.TextOf(block.Parts.Skip(start).Take(count));
            }
        }

        return "";
    }

    private static string Chosen(MarkdownBlock block, IEnumerable<int> parts, int maxTokens)
    {
        var text = "";
        var chosen = new SortedSet<int>(Enumerable.Range(0, block.HeadParts));
        foreach (var part in parts)
        {
            chosen.Add(part);
            var longer = block.TextOf(chosen.Select(index => block.Parts[index]));
            if (!Fits(longer, maxTokens))
            {
                return text;
            }

            text = longer;
        }

        return text;
    }

    private static bool Fits(string text, int maxTokens) => DemoTokens.Count(text) <= maxTokens;
}
