using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>
/// HTTP/1.1 over a bare socket, for what HttpClient hides: when each frame arrives, and how a client leaves.
/// One request a connection. Every read has a deadline of <see cref="Deadline.Default"/>.
/// </summary>
internal sealed class RawHttpClient : IDisposable
{
    private readonly Socket _socket;
    private readonly RawHttpReader _reader;
    private readonly StringBuilder _unread = new();
    private int _searched;
    private bool _wasLineBreak;

    private RawHttpClient(Socket socket) =>
        (_socket, _reader) = (socket, new RawHttpReader(new NetworkStream(socket, ownsSocket: false)));

    public static async Task<RawHttpClient> ConnectAsync(Uri server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Port, TestContext.Current.CancellationToken);
        return new RawHttpClient(socket);
    }

    /// <summary>
    /// Sends a request; <paramref name="json"/> brings its Content-Type and Content-Length. It carries
    /// <see cref="PlantedSecrets"/> as well.
    /// </summary>
    public async Task SendAsync(
        string method, string target, string? json = null, params (string Name, string Value)[] headers)
    {
        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        foreach (var (name, value) in headers.UnionBy(PlantedSecrets.Headers, static header => header.Name))
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (json is not null)
        {
            var length = Encoding.UTF8.GetByteCount(json);
            head.Append("Content-Type: application/json\r\nContent-Length: ").Append(length).Append("\r\n");
        }

        var request = head.Append("\r\n").Append(json).ToString();
        await _socket.SendAsync(Encoding.UTF8.GetBytes(request), TestContext.Current.CancellationToken);
    }

    public Task<RawResponseHead> ReadHeadAsync(CancellationToken cancellationToken) =>
        Deadline.BoundAsync("response head", null, _reader.ReadHeadAsync, cancellationToken);

    /// <summary>The next frame as it came, comments included, without the blank line that ends it.</summary>
    /// <returns>Null once the body is properly complete.</returns>
    /// <exception cref="EndOfStreamException">The body was cut short by FIN, or inside a frame.</exception>
    /// <exception cref="IOException">The body was cut short by RST.</exception>
    public Task<string?> ReadFrameAsync(CancellationToken cancellationToken) =>
        Deadline.BoundAsync("frame", null, ReadFrameWithinAsync, cancellationToken);

    /// <summary>What is left of the body, for a response that is no event stream.</summary>
    public Task<string> ReadBodyAsync(CancellationToken cancellationToken) =>
        Deadline.BoundAsync("end of the body", null, ReadBodyWithinAsync, cancellationToken);

    /// <summary>Leaves as a closed tab does: FIN now. Reading on stays possible.</summary>
    public void CloseSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Leaves as a killed process or a dropped network does: RST now.</summary>
    public void Abort()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    /// <summary>Closes the connection, by FIN unless it was aborted.</summary>
    public void Dispose() => _socket.Dispose();

    private async Task<string?> ReadFrameWithinAsync(CancellationToken cancellationToken)
    {
        int end;
        while ((end = FindFrameEnd()) < 0)
        {
            if (await _reader.ReadPieceAsync(cancellationToken) is not { } piece)
            {
                return _unread.Length == 0
                    ? null
                    : throw new EndOfStreamException($"The body ended inside a frame: \"{_unread}\".");
            }

            _unread.Append(piece);
        }

        var frame = _unread.ToString(0, end);
        _unread.Remove(0, end + 2);
        _searched = 0;
        return frame;
    }

    // Goes on where the last search ended: a frame may be of megabytes, and comes in pieces of kilobytes.
    private int FindFrameEnd()
    {
        var at = 0;
        foreach (var part in _unread.GetChunks())
        {
            var from = Math.Max(0, _searched - at);
            for (var i = from; i < part.Length; i++)
            {
                if (part.Span[i] == '\n' && _wasLineBreak)
                {
                    _wasLineBreak = false;
                    return at + i - 1;
                }

                _wasLineBreak = part.Span[i] == '\n';
            }

            at += part.Length;
            _searched = Math.Max(_searched, at);
        }

        return -1;
    }

    private async Task<string> ReadBodyWithinAsync(CancellationToken cancellationToken)
    {
        var body = new StringBuilder(_unread.ToString());
        _unread.Clear();
        while (await _reader.ReadPieceAsync(cancellationToken) is { } piece)
        {
            body.Append(piece);
        }

        return body.ToString();
    }
}
