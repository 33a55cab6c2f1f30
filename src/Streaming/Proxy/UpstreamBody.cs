using System.Buffers;
using System.Globalization;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Readers;
using LlmTracing.Streaming.Readers.Json;
using LlmTracing.Streaming.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Streaming.Proxy;

/// <summary>A provider's response, read once, piece by piece as it comes, and closed when it is disposed.</summary>
/// <remarks>It is its own enumerator and its own element: a piece is good until the next is pulled.</remarks>
internal sealed class UpstreamBody : IAsyncEnumerable<UpstreamBody>, IAsyncEnumerator<UpstreamBody>, IPieceReader
{
    // What comes at once seldom is more than a few events.
    private const int PieceBytes = 16 * 1024;

    // Some begin a stream with an event of their own, before the first that shows what it is.
    private const int MostLooks = 8;

    private readonly HttpResponseMessage _upstream;
    private readonly LlmDialect? _dialect;
    private readonly ILoggerFactory _loggers;
    private readonly bool _isRead;
    private readonly bool _isOfChunks;
    private IPayloadSplitter? _payloads;
    private IAsyncEnumerator<UpstreamBody>? _pieces;
    private byte[]? _buffer;
    private int _count;
    private long _chunks;
    private int _looks;
    private bool _hasWarned;

    public UpstreamBody(HttpResponseMessage upstream, LlmDialect? dialect, ILoggerFactory loggers)
    {
        (_upstream, _dialect, _loggers) = (upstream, dialect, loggers);
        _isOfChunks = UpstreamFraming.IsOfChunks(upstream, dialect);
        if (UpstreamHeaders.EncodingOf(upstream) is { } encoding)
        {
            Log.UpstreamEncoded(Log.For(loggers), encoding);
        }
        else
        {
            _isRead = upstream.IsSuccessStatusCode;
        }
    }

    /// <summary>Gets the piece that was read last.</summary>
    public ReadOnlyMemory<byte> Piece => _buffer.AsMemory(0, _count);

    public UpstreamBody Current => this;

    public long? Chunks =>
        Volatile.Read(ref _chunks) is var chunks && _isRead && (_isOfChunks || chunks > 0) ? chunks : null;

    /// <summary>Gets a value indicating whether it was begun to be read; then its enumerator closes it.</summary>
    public bool IsEnumerated => _pieces is not null;

    public IAsyncEnumerator<UpstreamBody> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        _pieces = ReadPiecesAsync(cancellationToken);
        return this;
    }

    public ValueTask<bool> MoveNextAsync() => _pieces!.MoveNextAsync();

    /// <summary>Notes what the chunks tell that are whole with the last piece.</summary>
    public void Read(ref ChunkReading reading)
    {
        if (!_isRead)
        {
            return;
        }

        var piece = Piece.Span;
        _payloads ??= UpstreamFraming.SplitterFor(_upstream, _dialect, piece);
        while (_payloads.TryTake(ref piece, out var payload))
        {
            ReadChunk(payload, ref reading);
        }

        if (_payloads.PassedOver > 0 && !_hasWarned)
        {
            _hasWarned = true;
            Log.ChunkTooLarge(Log.For(_loggers));
        }
    }

    public void Finish(ref ChunkReading reading)
    {
        if (!_upstream.IsSuccessStatusCode)
        {
            var status = ((int)_upstream.StatusCode).ToString(CultureInfo.InvariantCulture);
            reading.Fail(status, $"The provider answered with status {status}.");
            return;
        }

        if (_payloads is { LastLine: [.., (byte)'}'] line })
        {
            // Some servers end their last line with the stream; one that was cut off is no object.
            ReadChunk(line, ref reading);
        }

        if (_payloads is { PassedOver: 0 } && reading.Format is not ChunkFormat.ProviderJson)
        {
            Log.UpstreamNotRead(Log.For(_loggers), UpstreamFraming.TypeOf(_upstream) ?? "unknown");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await using var pieces = _pieces;
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _count = 0;
        _payloads?.Dispose();
        _upstream.Dispose();
    }

    // An iterator for its memory: it waits for any number of pieces in one object.
    private async IAsyncEnumerator<UpstreamBody> ReadPiecesAsync(CancellationToken cancellationToken)
    {
        var stream = await _upstream.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        _buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        while ((_count = await stream.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            yield return this;
        }
    }

    private void ReadChunk(ReadOnlySpan<byte> payload, ref ChunkReading reading)
    {
        if (!payload.IsEmpty && !payload.SequenceEqual("[DONE]"u8))
        {
            Volatile.Write(ref _chunks, _chunks + 1);
        }

        if (_payloads is not ObjectSplitter || !WholeAnswerJson.TryRead(payload, ref reading))
        {
            ProviderJson.Read(payload, ref reading);
        }

        if (reading.Format is ChunkFormat.PlainText && ++_looks < MostLooks)
        {
            reading.Format = ChunkFormat.Unknown;
        }
    }
}
