using System.Text;

namespace LlmTracing.Streaming.Content;

/// <summary>One text of an answer, as far as it is kept.</summary>
internal sealed class AnswerPart
{
    private readonly StringBuilder _text = new();

    /// <summary>Gets a value indicating whether there was no room for all of it.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Adds as much of a piece as there is room for, and gives how much that was.</summary>
    public int Append(ReadOnlySpan<char> piece, int room)
    {
        var kept = Math.Min(piece.Length, room);
        _text.Append(piece[..kept]);

        // The last character of the room is there to tell that there was more than may be kept.
        IsCut |= kept == room;
        return kept;
    }

    public override string ToString() => _text.ToString();
}
