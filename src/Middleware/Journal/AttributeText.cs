using System.Text;

namespace LlmTracing.Middleware.Journal;

/// <summary>Writes texts to a record, and reads them back.</summary>
internal static class AttributeText
{
    // What identifies something is shorter; what is longer is content, and must not take the room of other attributes.
    private const int MostBytes = 512;

    /// <summary>Tells whether a text seems to be JSON, of which one half is none.</summary>
    public static bool IsJson(string text) => text is ['[' or '{', ..];

    /// <summary>Writes a text, cut where it is too long; JSON whole, or not at all.</summary>
    public static bool TryWrite(ref ByteWriter record, string text)
    {
        // The length first: a text has no fewer bytes, and a conversation is long.
        var most = Math.Min(MostBytes, record.Room - sizeof(byte) - sizeof(ushort));
        if (IsJson(text) && (text.Length > most || Encoding.UTF8.GetByteCount(text) > most))
        {
            return false;
        }

        record.Write((byte)AttributeKind.Text);
        record.Write(text, MostBytes);
        return true;
    }

    public static bool TryWrite(ref ByteWriter record, ReadOnlySpan<string?> texts)
    {
        // All or none: a list with fewer elements would say something else.
        var needed = sizeof(byte) + sizeof(ushort);
        foreach (var text in texts)
        {
            needed += sizeof(ushort) + Encoding.UTF8.GetByteCount(text ?? "");
        }

        if (needed > Math.Min(record.Room, AttributeList.MostBytes))
        {
            return false;
        }

        record.Write((byte)AttributeKind.Texts);
        record.Write((ushort)texts.Length);
        foreach (var text in texts)
        {
            record.Write(text, AttributeList.MostBytes);
        }

        return true;
    }

    public static string[] ReadList(ref ByteReader record)
    {
        var texts = new string[record.ReadUInt16()];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = record.ReadText();
        }

        return texts;
    }
}
