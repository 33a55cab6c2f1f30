using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Where the texts of an envelope are written, one after the other: memory that its thread uses again.</summary>
/// <remarks>
/// New memory for each envelope is memory that the processor's cache does not have yet: under load that took longer than to write it.
/// </remarks>
internal sealed class JsonBuffer : IDisposable
{
    // A request with a few spans.
    private const int UsualBytes = 8 * 1024;

    private const int MostKeptBytes = 64 * 1024;

    // The payload is JSON on its own, never part of a page, so only what JSON itself asks for is escaped.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [ThreadStatic]
    private static JsonBuffer? _kept;

    private readonly ArrayBufferWriter<byte> _bytes = new(UsualBytes);
    private readonly Utf8JsonWriter _json;
    private bool _isWhole = true;

    private JsonBuffer() => _json = new Utf8JsonWriter(_bytes, Plain);

    /// <summary>Gives the thread's buffer, empty, until it is disposed of.</summary>
    public static JsonBuffer Rent()
    {
        var buffer = _kept ?? new();
        _kept = null;
        return buffer;
    }

    /// <summary>Writes one text.</summary>
    /// <param name="write">Writes it.</param>
    /// <returns>The text, which is good until the buffer is disposed of.</returns>
    public ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var start = _bytes.WrittenCount;
        _isWhole = false;
        write(_json);
        _json.Flush();
        _json.Reset();
        _isWhole = true;
        return _bytes.WrittenMemory[start..];
    }

    /// <summary>Leaves the buffer to the thread's next envelope, unless it is large, or a text was broken off.</summary>
    public void Dispose()
    {
        if (_isWhole && _bytes.Capacity <= MostKeptBytes)
        {
            _bytes.ResetWrittenCount();
            _kept = this;
        }
    }
}
