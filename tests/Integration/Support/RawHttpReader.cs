using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Parses one HTTP/1.1 response from a connection, in the pieces in which it was written.</summary>
internal sealed class RawHttpReader(Stream connection)
{
    private readonly PipeReader _input = PipeReader.Create(connection);

    // Keeps the first half of a character that was cut in two by the chunks.
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    // Null while the head is unread, and for a chunked body.
    private int? _bytesLeft;
    private bool _isComplete;

    public async Task<RawResponseHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var status = (await ReadLineAsync(cancellationToken)).Split(' ')[1];
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(cancellationToken) is { Length: > 0 } line)
        {
            var (name, value) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim());
            headers[name] = headers.TryGetValue(name, out var earlier) ? $"{earlier}, {value}" : value;
        }

        var isChunked = headers.GetValueOrDefault("Transfer-Encoding") == "chunked";
        _bytesLeft = isChunked
            ? null
            : int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture);
        return new RawResponseHead(int.Parse(status, CultureInfo.InvariantCulture), headers);
    }

    /// <returns>The next chunk, or the whole of a body that is not chunked; null after the last.</returns>
    /// <exception cref="EndOfStreamException">The connection closed before the body was complete.</exception>
    public async Task<string?> ReadPieceAsync(CancellationToken cancellationToken)
    {
        if (_isComplete)
        {
            return null;
        }

        var length = _bytesLeft ?? int.Parse(
            await ReadLineAsync(cancellationToken), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var piece = await ReadExactlyAsync(length, cancellationToken);
        if (_bytesLeft is null)
        {
            await ReadLineAsync(cancellationToken);
        }

        _isComplete = _bytesLeft is not null || length == 0;
        return length == 0 ? null : piece;
    }

    private async Task<string> ReadExactlyAsync(int length, CancellationToken cancellationToken)
    {
        var result = await _input.ReadAtLeastAsync(length, cancellationToken);
        if (result.Buffer.Length < length)
        {
            throw new EndOfStreamException("The connection closed inside the body.");
        }

        var piece = result.Buffer.Slice(0, length).ToArray();
        _input.AdvanceTo(result.Buffer.GetPosition(length));
        var text = new char[_decoder.GetCharCount(piece, flush: false)];
        _decoder.GetChars(piece, text, flush: false);
        return new string(text);
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _input.ReadAsync(cancellationToken);
            if (result.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.ASCII.GetString(result.Buffer.Slice(0, end)).TrimEnd('\r');
                _input.AdvanceTo(result.Buffer.GetPosition(1, end));
                return line;
            }

            _input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted)
            {
                throw new EndOfStreamException("The connection closed where a line was due.");
            }
        }
    }
}
