namespace SseChatApi.Demo;

/// <summary>Follows a document line by line and says which lines are fenced code.</summary>
internal sealed class CodeFence
{
    private const int ShortestFence = 3;

    private char _mark;
    private int _length;

    /// <summary>Gets whether the lines read so far leave a fence open.</summary>
    public bool IsOpen => _length > 0;

    /// <summary>Reads the next line.</summary>
    /// <returns>Whether the line is code or one of its fences.</returns>
    public bool Read(string line)
    {
        var content = line.AsSpan().Trim();
        if (!IsOpen)
        {
            return TryOpen(content);
        }

        // CommonMark: a fence closes with its own mark, at least as long, and nothing after it.
        if (content.Length >= _length && content.TrimStart(_mark).IsEmpty)
        {
            _length = 0;
        }

        return true;
    }

    private bool TryOpen(ReadOnlySpan<char> content)
    {
        if (content.IsEmpty || content[0] is not ('`' or '~'))
        {
            return false;
        }

        var mark = content[0];
        var info = content.TrimStart(mark);
        var length = content.Length - info.Length;

        // "```code```" on one line is inline code, not a fence.
        if (length < ShortestFence || (mark == '`' && info.Contains('`')))
        {
            return false;
        }

        (_mark, _length) = (mark, length);
        return true;
    }
}
