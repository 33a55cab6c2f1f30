using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LlmTracing.Streaming.Sse;

/// <summary>Writes events as the bytes of https://html.spec.whatwg.org/multipage/server-sent-events.html.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Disposing the JSON writer would flush it, which each value does.")]
internal sealed class SseFrameWriter(PipeWriter output)
{
    private static readonly SearchValues<char> LineBreaks = SearchValues.Create("\r\n");

    private readonly ArrayBufferWriter<byte> _jsonBytes = new();
    private Utf8JsonWriter? _json;

    /// <summary>Gets how many bytes were written and not yet flushed.</summary>
    public long Unflushed { get; private set; }

    /// <summary>Writes a line that no reader sees: it opens the stream, or keeps it open.</summary>
    public void WriteComment() => Write(":\n\n"u8);

    /// <summary>Writes how long a reader shall wait before it connects again.</summary>
    public void WriteRetry(TimeSpan interval)
    {
        WriteFields(new SseFields(null, ReconnectionInterval: interval));
        Write("\n"u8);
    }

    /// <summary>Writes an item: a string as text, anything else as JSON.</summary>
    /// <param name="item">The item.</param>
    /// <param name="type">How to serialize it; null exactly where it is a string.</param>
    public void Write<TWire>(SseItem<TWire> item, JsonTypeInfo<TWire>? type)
    {
        var fields = new SseFields(item.EventType, item.EventId, item.ReconnectionInterval);
        if (type is null)
        {
            WriteText(fields, (string?)(object?)item.Data);
        }
        else
        {
            WriteJson(fields, item.Data, type);
        }
    }

    /// <summary>Writes one event whose data is text, on as many lines as the text has.</summary>
    public void WriteText(SseFields fields, ReadOnlySpan<char> text)
    {
        WriteFields(fields);

        int lineBreak;
        while ((lineBreak = text.IndexOfAny(LineBreaks)) >= 0)
        {
            WriteField("data: "u8, text[..lineBreak]);
            var isPair = text[lineBreak] == '\r' && lineBreak + 1 < text.Length && text[lineBreak + 1] == '\n';
            text = text[(lineBreak + (isPair ? 2 : 1))..];
        }

        WriteField("data: "u8, text);
        Write("\n"u8);
    }

    /// <summary>Writes one event whose data is JSON, on one line unless a converter has broken it.</summary>
    public void WriteJson<TValue>(SseFields fields, TValue value, JsonTypeInfo<TValue> type)
    {
        // Never indented, whatever the app's options say: a line break would end the field.
        if (_json is null || _json.Options.Encoder != type.Options.Encoder)
        {
            _json = new Utf8JsonWriter(_jsonBytes, new JsonWriterOptions { Encoder = type.Options.Encoder });
        }

        _json.Reset();
        _jsonBytes.ResetWrittenCount();

        // Apart, and first: what cannot be serialized must not leave half an event before the one that says so.
        JsonSerializer.Serialize(_json, value, type);
        _json.Flush();
        WriteFields(fields);

        // A converter may write raw JSON, as providers' SDKs do, with line breaks between its tokens.
        var json = _jsonBytes.WrittenSpan;
        foreach (var line in json.SplitAny("\r\n"u8))
        {
            Write("data: "u8);
            Write(json[line]);
            Write("\n"u8);
        }

        Write("\n"u8);
    }

    /// <summary>Hands everything written so far to the client.</summary>
    /// <remarks>Takes no token: where the client leaves, the server completes it, and says so in its result.</remarks>
    public ValueTask<FlushResult> FlushAsync()
    {
        Unflushed = 0;
        return output.FlushAsync();
    }

    private void WriteFields(SseFields fields)
    {
        // Both before any is written, for the same reason as in WriteJson.
        ThrowIfForging(fields.EventId, nameof(SseItem<>.EventId));
        ThrowIfForging(fields.EventType, nameof(SseItem<>.EventType));
        if (fields.EventId is { } id)
        {
            WriteField("id: "u8, id);
        }

        if (fields.EventType is { } type and not SseParser.EventTypeDefault)
        {
            WriteField("event: "u8, type);
        }

        if (fields.ReconnectionInterval is { } interval)
        {
            WriteField("retry: "u8, ((long)interval.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        }
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
        Unflushed += Encoding.UTF8.GetBytes(value, output);
        Write("\n"u8);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        Unflushed += bytes.Length;
    }
}
