using System.Net;
using System.Net.Sockets;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>HTTP/2 without TLS: leaves by RST_STREAM, or by RST of the connection.</summary>
internal sealed class Http2EndingClient : IEndingClient
{
    private readonly HttpClient _client;
    private HttpResponseMessage? _response;
    private StreamReader? _body;
    private Socket? _socket;

    public Http2EndingClient(Uri server)
    {
        var handler = new SocketsHttpHandler { ActivityHeadersPropagator = null, ConnectCallback = ConnectAsync };
        _client = new HttpClient(handler)
        {
            BaseAddress = server,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public async Task SendAsync()
    {
        _response = await Deadline.BoundAsync(
            "response head", null, token => _client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, token));
        _body = new StreamReader(await _response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    public Task<string?> ReadFrameAsync() => Deadline.BoundAsync("frame", null, ReadFrameAsync);

    public void Close() => _response!.Dispose();

    public void Break()
    {
        _socket!.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose()
    {
        _response?.Dispose();
        _client.Dispose();
    }

    private async Task<string?> ReadFrameAsync(CancellationToken cancellationToken)
    {
        var frame = "";
        while (await _body!.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                return frame;
            }

            frame += frame.Length == 0 ? line : "\n" + line;
        }

        return null;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken token)
    {
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(context.DnsEndPoint, token);
        return new NetworkStream(_socket, ownsSocket: true);
    }
}
