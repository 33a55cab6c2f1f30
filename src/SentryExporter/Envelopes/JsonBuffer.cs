using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Where the texts of an envelope are written, one after the other: memory that the thread uses again.</summary>
internal sealed class JsonBuffer : IDisposable
{
    // A transaction of some ten spans; one with three has 2 KB.
    private const int UsualBytes = 8 * 1024;

    // What a thread holds on to: larger ones are few, and threads may be many.
    private const int MostKeptBytes = 64 * 1024;

    // The payload is JSON on its own, never part of a page, so only what JSON itself asks for is escaped.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static JsonBuffer? _kept;

    private readonly ArrayBufferWriter<byte> _bytes = new(UsualBytes);
    private readonly Utf8JsonWriter _json;
    private bool _isRented;

    private JsonBuffer() => _json = new Utf8JsonWriter(_bytes, Plain);

    /// <summary>Gives the thread's buffer, empty, until it is disposed of on that thread.</summary>
    public static JsonBuffer Rent()
    {
        var buffer = _kept ?? new();
        _kept = null;
        buffer._isRented = true;
        return buffer;
    }

    /// <summary>Writes one text.</summary>
    /// <param name="write">Writes it. What it throws leaves the buffer good for others.</param>
    /// <returns>The text, which is good until the buffer is disposed of.</returns>
    public ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var start = _bytes.WrittenCount;
        try
        {
            write(_json);
            _json.Flush();
            return _bytes.WrittenMemory[start..];
        }
        finally
        {
            _json.Reset();
        }
    }

    /// <summary>Leaves the buffer to the thread's next envelope, with nothing of this one in it, unless it is large.</summary>
    public void Dispose()
    {
        if (_isRented && _bytes.Capacity <= MostKeptBytes)
        {
            _bytes.Clear();
            _kept = this;
        }

        _isRented = false;
    }
}
