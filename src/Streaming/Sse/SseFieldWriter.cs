using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Text;

namespace LlmTracing.Streaming.Sse;

/// <summary>Writes the fields of events as bytes.</summary>
internal sealed class SseFieldWriter(PipeWriter output)
{
    private static readonly SearchValues<char> LineBreaks = SearchValues.Create("\r\n");

    /// <summary>Gets how many bytes were written and not yet flushed.</summary>
    public long Unflushed { get; private set; }

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
        Write("data: "u8);
        if (first is { } rune)
        {
            Wrote(rune.EncodeToUtf8(output.GetSpan(4)));
        }

        int lineBreak;
        while ((lineBreak = text.IndexOfAny(LineBreaks)) >= 0)
        {
            Write(text[..lineBreak]);
            Write("\ndata: "u8);
            text = text[(lineBreak + (text[lineBreak..].StartsWith("\r\n") ? 2 : 1))..];
        }

        Write(text);
        Write("\n\n"u8);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        Unflushed += bytes.Length;
    }

    /// <inheritdoc cref="SseFrameWriter.FlushAsync"/>
    public ValueTask<FlushResult> FlushAsync()
    {
        Unflushed = 0;
        return output.FlushAsync();
    }

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
        Wrote(length);
        Write("\n"u8);
    }

    private void Write(ReadOnlySpan<char> text) => Unflushed += Encoding.UTF8.GetBytes(text, output);

    private void Wrote(int length)
    {
        output.Advance(length);
        Unflushed += length;
    }
}
