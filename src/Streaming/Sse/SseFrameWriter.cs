using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LlmTracing.Streaming.Sse;

/// <summary>Writes events as the bytes of https://html.spec.whatwg.org/multipage/server-sent-events.html.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Disposing the JSON writer would flush it, which each value does.")]
internal sealed class SseFrameWriter
{
    private readonly SseBuffer _output;
    private readonly SseFieldWriter _fields;
    private readonly bool _numbersItems;
    private Utf8JsonWriter? _json;
    private SseTextEnd _end;
    private long _items;

    /// <param name="output">Where the bytes go.</param>
    /// <param name="numbersItems">Whether an item that brings no id has its number, from 1 on, as its id.</param>
    public SseFrameWriter(PipeWriter output, bool numbersItems = false)
    {
        (_output, _numbersItems) = (new SseBuffer(output), numbersItems);
        _fields = new SseFieldWriter(_output);
    }

    /// <inheritdoc cref="SseBuffer.Unflushed"/>
    public long Unflushed => _output.Unflushed;

    /// <summary>Writes a line that no reader sees: it opens the stream, or keeps it open.</summary>
    public void WriteComment() => _fields.Write(":\n\n"u8);

    /// <summary>Writes bytes of another's stream as they are.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => _output.PassOn(bytes);

    /// <summary>Writes how long a reader shall wait before it connects again.</summary>
    public void WriteRetry(TimeSpan interval)
    {
        _fields.Write(new SseFields(null, ReconnectionInterval: interval));
        _fields.Write("\n"u8);
    }

    /// <summary>Writes an item: a string as text, anything else as JSON.</summary>
    /// <remarks>
    /// A client joins the texts of one event type that follow each other, and the halves of a character may come in two
    /// of them: a pair of surrogates, or CR and LF. Half a pair is held back until a later text, or
    /// <see cref="FinishText"/>, tells what becomes of it.
    /// </remarks>
    /// <param name="item">The item.</param>
    /// <param name="type">How to serialize it; null exactly where it is a string.</param>
    public void Write<TWire>(SseItem<TWire> item, JsonTypeInfo<TWire>? type)
    {
        // An empty type is the default by another name, which not every parser knows.
        var eventType = item.EventType.Length == 0 ? SseParser.EventTypeDefault : item.EventType;
        var fields = new SseFields(eventType, item.EventId, item.ReconnectionInterval);
        if (type is null)
        {
            WriteItem(fields, (string?)(object?)item.Data);
        }
        else
        {
            WriteJson(fields, item.Data, type, isItem: true);
        }
    }

    /// <summary>Throws what writing an item would throw, and writes nothing.</summary>
    public void ThrowIfUnwritable<TWire>(SseItem<TWire> item, JsonTypeInfo<TWire>? type)
    {
        SseFieldWriter.ThrowIfForging(new SseFields(item.EventType, item.EventId));
        if (type is not null)
        {
            var before = _output.Length;
            try
            {
                Serialize(item.Data, type);
            }
            finally
            {
                _output.Length = before;
            }
        }
    }

    /// <summary>Writes one event that is no item, whose data is text.</summary>
    public void WriteText(SseFields fields, ReadOnlySpan<char> text)
    {
        Begin(fields, isItem: false);
        _fields.WriteData(null, text);
    }

    /// <summary>Writes one event that is no item, whose data is JSON, on one line unless a converter has broken it.</summary>
    public void WriteJson<TValue>(SseFields fields, TValue value, JsonTypeInfo<TValue> type) =>
        WriteJson(fields, value, type, isItem: false);

    /// <summary>Writes what is held back of the texts so far, since what it waits for will not come.</summary>
    /// <remarks>An event that is no item begins with this. Where a stream ends without one, its writer calls it.</remarks>
    public void FinishText()
    {
        if (_end.IsHalfPair)
        {
            // Without an id: it is the rest of the item whose id the client has.
            _fields.Write(new SseFields(_end.EventType));
            _fields.WriteData(Rune.ReplacementChar, default);
        }

        _end = default;
    }

    /// <summary>Hands everything written so far to the client.</summary>
    /// <remarks>Takes no token: where the client leaves, the server completes it, and says so in its result.</remarks>
    public ValueTask<FlushResult> FlushAsync() => _output.FlushAsync();

    private void WriteItem(SseFields fields, ReadOnlySpan<char> text)
    {
        Begin(fields, isItem: true, continuesText: fields.EventType == _end.EventType);
        var first = _end.Join(ref text);
        _end.HoldBack(ref text, fields.EventType);
        _fields.WriteData(first, text);
    }

    private void WriteJson<TValue>(SseFields fields, TValue value, JsonTypeInfo<TValue> type, bool isItem)
    {
        var before = (Length: _output.Length, End: _end, Items: _items);
        try
        {
            Begin(fields, isItem);
            _fields.Write("data: "u8);
            var start = _output.Length;
            Serialize(value, type);
            if (_output.Held[start..].IndexOfAny("\r\n"u8) >= 0)
            {
                WriteOnSeveralLines(start);
            }
        }
        catch
        {
            // What cannot be serialized must not leave half an event before the one that says so.
            _output.Length = before.Length;
            (_end, _items) = (before.End, before.Items);
            throw;
        }

        _fields.Write("\n\n"u8);
    }

    // A converter may write raw JSON, as providers' SDKs do, with line breaks between its tokens.
    private void WriteOnSeveralLines(int start)
    {
        var json = _output.Held[start..].ToArray();
        _output.Length = start;
        var isFirst = true;
        foreach (var line in json.AsSpan().SplitAny("\r\n"u8))
        {
            _fields.Write(isFirst ? default : "\ndata: "u8);
            _fields.Write(json.AsSpan(line));
            isFirst = false;
        }
    }

    private void Serialize<TValue>(TValue value, JsonTypeInfo<TValue> type)
    {
        // Never indented, whatever the app's options say: a line break would end the field.
        if (_json is null || _json.Options.Encoder != type.Options.Encoder)
        {
            _json = new Utf8JsonWriter(_output, new JsonWriterOptions { Encoder = type.Options.Encoder });
        }

        _json.Reset();
        JsonSerializer.Serialize(_json, value, type);
        _json.Flush();
    }

    private void Begin(SseFields fields, bool isItem, bool continuesText = false)
    {
        SseFieldWriter.ThrowIfForging(fields);
        if (!continuesText)
        {
            FinishText();
        }

        // Only items are numbered, those with an id of their own too: a client that reconnects then sends as its
        // Last-Event-ID how many it has read, also after an error, and is to be sent the ones after so many.
        _items += isItem ? 1 : 0;
        _fields.Write(fields, isItem && _numbersItems ? _items : null);
    }
}
