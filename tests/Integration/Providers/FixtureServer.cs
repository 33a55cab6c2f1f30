using LlmTracing.Tests.Fixtures;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Providers;

/// <summary>Answers whatever is asked with the bytes of one written stream.</summary>
internal sealed class FixtureServer : IAsyncDisposable
{
    private readonly LoopbackServer _server;

    private FixtureServer(LoopbackServer server) => _server = server;

    public Uri BaseUrl => new($"http://127.0.0.1:{_server.Port}");

    public static async Task<FixtureServer> StartAsync(StreamFixture fixture) =>
        new(await LoopbackServer.StartAsync(async (context, stopping) =>
        {
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            await context.Response.Body.WriteAsync(fixture.Bytes, stopping);
        }));

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
