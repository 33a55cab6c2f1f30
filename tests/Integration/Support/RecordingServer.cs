using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A server that belongs to someone else: it answers, and notes what it was sent over which connection.</summary>
internal sealed class RecordingServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private LoopbackServer? _server;

    /// <summary>Gets or sets how a request is answered. The default is 200 without a body.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = static _ => Task.CompletedTask;

    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    public string Host => $"127.0.0.1:{_server!.Port}";

    public Uri Address => new($"http://{Host}");

    public static async Task<RecordingServer> StartAsync()
    {
        var server = new RecordingServer();
        server._server = await LoopbackServer.StartAsync((context, _) => server.ReceiveAsync(context));
        return server;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private Task ReceiveAsync(HttpContext context)
    {
        _requests.Enqueue(new RecordedRequest(
            context.Request.Path,
            context.Connection.Id,
            context.Request.Headers.ToDictionary(
                static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        return Answer(context);
    }
}
