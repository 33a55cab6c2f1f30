using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A silent Kestrel on loopback whose every request goes to one handler.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping;

    private LoopbackServer(WebApplication app, CancellationTokenSource stopping) => (_app, _stopping) = (app, stopping);

    public int Port => new Uri(_app.Urls.Single()).Port;

    /// <param name="handler">Answers every request, and ends when its token says that the server stops.</param>
    /// <param name="port">0 for any free one.</param>
    public static async Task<LoopbackServer> StartAsync(
        Func<HttpContext, CancellationToken, Task> handler, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));

        // A flush then waits for the socket, so that closing after it loses nothing. Neither 0, which is no limit,
        // nor KestrelServerLimits.MaxResponseBufferSize, which the transport ignores, would do that.
        builder.Services.Configure<SocketTransportOptions>(options => options.MaxWriteBufferSize = 1);

        var app = builder.Build();
        var stopping = new CancellationTokenSource();
        app.Run(context => handler(context, stopping.Token));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new LoopbackServer(app, stopping);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }
}
