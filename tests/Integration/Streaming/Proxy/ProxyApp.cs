using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Proxy;

/// <summary>An app that passes every request on to a provider, and the answer back.</summary>
internal sealed class ProxyApp : IAsyncDisposable
{
    private readonly LoopbackServer _provider;
    private readonly HttpClient _http;

    private ProxyApp(LoopbackServer provider, HttpClient http, TestApp app) =>
        (_provider, _http, App) = (provider, http, app);

    public TestApp App { get; }

    public int ProviderPort => _provider.Port;

    /// <param name="provider">Answers every request, and ends when its token says that the server stops.</param>
    /// <param name="call">What the app says of the call.</param>
    /// <param name="options">The options of the app's responses.</param>
    /// <param name="clock">The app's clock.</param>
    /// <param name="protocols">What the app speaks.</param>
    public static async Task<ProxyApp> StartAsync(
        Func<HttpContext, CancellationToken, Task> provider,
        LlmCall? call = null,
        TracedSseOptions? options = null,
        TimeProvider? clock = null,
        HttpProtocols protocols = HttpProtocols.Http1)
    {
        var server = await LoopbackServer.StartAsync(provider);
        var http = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{server.Port}"),
        };
        var app = await TestApp.StartAsync(new TestAppSetup
        {
            Protocols = protocols,
            Services = services => services.AddSingleton(clock ?? TimeProvider.System),
            Inside = app => app.MapGet("/{**path}", async (HttpContext context) =>
            {
                using var request = new HttpRequestMessage(
                    HttpMethod.Get, context.Request.Path + context.Request.QueryString.Value);
                var upstream = await http.SendAsync(
                    request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
                return Results.TracedSseProxy(upstream, call ?? new LlmCall(), options);
            }),
        });
        return new ProxyApp(server, http, app);
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        _http.Dispose();
        await _provider.DisposeAsync();
    }
}
