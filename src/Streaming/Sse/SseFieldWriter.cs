using System.Buffers;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text;

namespace LlmTracing.Streaming.Sse;

/// <summary>Writes the fields of events as bytes.</summary>
internal sealed class SseFieldWriter(SseBuffer output)
{
    // Above, three bytes for each character would be too much to ask for.
    private const int MostCharactersAtOnce = 1024;

    private static readonly SearchValues<char> LineBreaks = SearchValues.Create("\r\n");

    /// <summary>Refuses what would end its field early, to be called before anything of an event is written.</summary>
    public static void ThrowIfForging(SseFields fields)
    {
        ThrowIfForging(fields.EventId, nameof(SseItem<>.EventId));
        ThrowIfForging(fields.EventType, nameof(SseItem<>.EventType));
    }

    /// <summary>Writes the fields that stand before the data.</summary>
    /// <param name="fields">The fields.</param>
    /// <param name="number">The id where they bring none.</param>
    public void Write(SseFields fields, long? number = null)
    {
        if (fields.EventId is { } id)
        {
            WriteField("id: "u8, id);
        }
        else if (number is { } value)
        {
            WriteNumber("id: "u8, value);
        }

        if (fields.EventType is { } type and not SseParser.EventTypeDefault)
        {
            WriteField("event: "u8, type);
        }

        if (fields.ReconnectionInterval is { } interval)
        {
            WriteNumber("retry: "u8, (long)interval.TotalMilliseconds);
        }
    }

    /// <summary>Writes text as data, on as many lines as it has, and ends the event.</summary>
    /// <param name="first">The first character, which is none of the text.</param>
    /// <param name="text">The text, or the rest of it.</param>
    public void WriteData(Rune? first, ReadOnlySpan<char> text)
    {
        var lineBreak = text.IndexOfAny(LineBreaks);
        if (lineBreak < 0 && first is null && text.Length <= MostCharactersAtOnce)
        {
            WriteLine(text);
            return;
        }

        Write("data: "u8);
        if (first is { } rune)
        {
            output.Advance(rune.EncodeToUtf8(output.GetSpan(4)));
        }

        for (; lineBreak >= 0; lineBreak = text.IndexOfAny(LineBreaks))
        {
            Write(text[..lineBreak]);
            Write("\ndata: "u8);
            text = text[(lineBreak + (text[lineBreak..].StartsWith("\r\n") ? 2 : 1))..];
        }

        Write(text);
        Write("\n\n"u8);
    }

    public void Write(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    private static void ThrowIfForging(string? value, string field)
    {
        if (value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
        {
            throw new ArgumentException(
                $"{field} must not contain a line break or NUL, which would forge a field of the event.", field);
        }
    }

    private void WriteField(ReadOnlySpan<byte> name, ReadOnlySpan<char> value)
    {
        Write(name);
        Write(value);
        Write("\n"u8);
    }

    private void WriteNumber(ReadOnlySpan<byte> name, long value)
    {
        Write(name);
        value.TryFormat(output.GetSpan(20), out var length, default, CultureInfo.InvariantCulture);
        output.Advance(length);
        Write("\n"u8);
    }

    // What nearly every chunk is: the whole event with one look for room.
    private void WriteLine(ReadOnlySpan<char> text)
    {
        var bytes = output.GetSpan("data: \n\n".Length + Encoding.UTF8.GetMaxByteCount(text.Length));
        "data: "u8.CopyTo(bytes);
        var end = "data: ".Length + Encoding.UTF8.GetBytes(text, bytes["data: ".Length..]);
        "\n\n"u8.CopyTo(bytes[end..]);
        output.Advance(end + "\n\n".Length);
    }

    private void Write(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, output);
}
