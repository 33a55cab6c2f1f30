using System.Text.RegularExpressions;

namespace SseChatApi.Demo;

/// <summary>Splits the text of a section into blocks that can be quoted.</summary>
internal sealed partial class MarkdownBlocks
{
    private readonly List<MarkdownBlock> _blocks = [];
    private readonly List<string> _lines = [];
    private MarkdownBlockKind _kind;

    private MarkdownBlocks()
    {
    }

    /// <summary>Reads the blocks in order; a paragraph that ends with a colon becomes the next block's lead.</summary>
    public static IReadOnlyList<MarkdownBlock> Read(string markdown)
    {
        var reader = new MarkdownBlocks();
        var fence = new CodeFence();
        foreach (var line in markdown.Split('\n'))
        {
            var wasOpen = fence.IsOpen;
            if (fence.Read(line))
            {
                reader.AddCode(line, opens: !wasOpen, closes: !fence.IsOpen);
            }
            else
            {
                reader.AddText(line);
            }
        }

        reader.EndBlock();
        return reader._blocks;
    }

    public static bool IsListItem(string line) => ListMarker().IsMatch(line);

    private void AddCode(string line, bool opens, bool closes)
    {
        if (opens)
        {
            EndBlock();
            _kind = MarkdownBlockKind.Code;
        }

        _lines.Add(line);
        if (closes)
        {
            EndBlock();
        }
    }

    private void AddText(string line)
    {
        // Raw HTML is for the page the document is shown on.
        if (string.IsNullOrWhiteSpace(line) || line.StartsWith('<'))
        {
            EndBlock();
            return;
        }

        var kind = KindOf(line);
        if (_lines.Count > 0 && kind != _kind)
        {
            EndBlock();
        }

        _kind = kind;
        _lines.Add(line);
    }

    private MarkdownBlockKind KindOf(string line) => line switch
    {
        ['|', ..] => MarkdownBlockKind.Table,
        _ when IsListItem(line) => MarkdownBlockKind.List,
        _ when _lines.Count > 0 && _kind == MarkdownBlockKind.List => MarkdownBlockKind.List,
        _ => MarkdownBlockKind.Paragraph,
    };

    private void EndBlock()
    {
        if (_lines.Count == 0)
        {
            return;
        }

        var block = MarkdownBlock.FromLines(_kind, _lines);
        _lines.Clear();
        if (_blocks is [.., { Kind: MarkdownBlockKind.Paragraph, Lead: "" } last] && last.Text.EndsWith(':'))
        {
            _blocks.RemoveAt(_blocks.Count - 1);
            block = block with { Lead = last.Text };
        }

        if (block.Text.Length > 0)
        {
            _blocks.Add(block);
        }
    }

    [GeneratedRegex(@"^\s*(?:[-*+]|\d+[.)])\s+\S")]
    private static partial Regex ListMarker();
}
