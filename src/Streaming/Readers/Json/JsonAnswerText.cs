using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Hands the text of a JSON string on, without making a string of it.</summary>
internal static class JsonAnswerText
{
    /// <summary>Reads the value of a property as text of the answer; what is no text is passed over.</summary>
    public static void ReadAnswerText(this ref Utf8JsonReader json, int choice, ref ChunkReading reading)
    {
        json.Read();
        if (json.TokenType is JsonTokenType.String && reading.WantsText)
        {
            Append(json, choice, ref reading);
        }
        else if (json.TokenType is JsonTokenType.StartArray && reading.WantsText)
        {
            // Of parts, as Mistral sends it.
            while (json.NextObject())
            {
                ReadPart(ref json, choice, ref reading);
            }
        }
        else
        {
            json.Skip();
        }
    }

    /// <summary>Takes the string that the reader is at.</summary>
    public static void Append(in Utf8JsonReader json, int choice, ref ChunkReading reading)
    {
        if (!json.ValueIsEscaped)
        {
            reading.AppendText(json.ValueSpan, choice);
            return;
        }

        // Not by the reader itself, which throws at half of a surrogate pair: some servers escape all that is not ASCII, and
        // then share a character out over two chunks.
        var buffer = ArrayPool<char>.Shared.Rent(json.ValueSpan.Length);
        reading.AppendText(buffer.AsSpan(0, Unescape(json.ValueSpan, buffer)), choice);
        ArrayPool<char>.Shared.Return(buffer);
    }

    /// <summary>Gives the text of a JSON string, escaped as it stands there, which is never longer.</summary>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<char> text)
    {
        var length = 0;
        while (!escaped.IsEmpty)
        {
            var plain = escaped.IndexOf((byte)'\\') is var at and >= 0 ? at : escaped.Length;
            length += Encoding.UTF8.GetChars(escaped[..plain], text[length..]);
            escaped = escaped[plain..];
            if (!escaped.IsEmpty)
            {
                text[length++] = CharOf(escaped);
                escaped = escaped[(escaped[1] == 'u' ? 6 : 2)..];
            }
        }

        return length;
    }

    private static void ReadPart(ref Utf8JsonReader json, int choice, ref ChunkReading reading)
    {
        Utf8JsonReader text = default;
        var isText = false;
        while (json.NextProperty())
        {
            var (isType, isNamedText) = (json.ValueTextEquals("type"u8), json.ValueTextEquals("text"u8));
            json.SkipToValue(isNamedText, ref text);
            isText |= isType && json.TokenType is JsonTokenType.String && json.ValueTextEquals("text"u8);
        }

        if (isText && text.TokenType is JsonTokenType.String)
        {
            Append(text, choice, ref reading);
        }
    }

    // The JSON was validated: what follows the backslash is one of these.
    private static char CharOf(ReadOnlySpan<byte> escape) => (char)escape[1] switch
    {
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => (char)ushort.Parse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
        var itself => itself,
    };
}
