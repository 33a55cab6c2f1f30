using LlmTracing.Tests.Fixtures;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Providers;

/// <summary>Answers whatever is asked with the bytes of written streams: one each, the last again and again.</summary>
internal sealed class FixtureServer : IAsyncDisposable
{
    private readonly IReadOnlyList<StreamFixture> _fixtures;
    private readonly ScriptGate? _gate;
    private readonly TaskCompletionSource _clientGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LoopbackServer? _server;
    private int _asked;

    private FixtureServer(IReadOnlyList<StreamFixture> fixtures, ScriptGate? gate) => (_fixtures, _gate) = (fixtures, gate);

    /// <summary>Gets what apps say of their call, whichever way they make it.</summary>
    public LlmCall Call => new("asked") { CaptureContent = true, ServerAddress = BaseUrl.Host, ServerPort = BaseUrl.Port };

    public Uri BaseUrl => new($"http://127.0.0.1:{_server!.Port}");

    /// <summary>Gets the task that completes once the client has gone while its stream waited at the gate.</summary>
    public Task ClientGone => _clientGone.Task;

    public static Task<FixtureServer> StartAsync(params IReadOnlyList<StreamFixture> fixtures) => StartAsync(null, fixtures);

    /// <param name="gate">Where the last stream waits, after so many of its events.</param>
    /// <param name="fixtures">The streams, in the order of the requests.</param>
    public static async Task<FixtureServer> StartAsync(ScriptGate? gate, params IReadOnlyList<StreamFixture> fixtures)
    {
        var server = new FixtureServer(fixtures, gate);
        server._server = await LoopbackServer.StartAsync(server.AnswerAsync);
        return server;
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task AnswerAsync(HttpContext context, CancellationToken stopping)
    {
        var index = Math.Min(Interlocked.Increment(ref _asked), _fixtures.Count) - 1;
        ReadOnlyMemory<byte> bytes = _fixtures[index].Bytes;
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        if (_gate is not null && index == _fixtures.Count - 1)
        {
            var before = EndOfEvent(bytes.Span, _gate.AfterChunks);
            await context.Response.Body.WriteAsync(bytes[..before], stopping);
            await PassAsync(context, stopping);
            bytes = bytes[before..];
        }

        await context.Response.Body.WriteAsync(bytes, stopping);
    }

    private async Task PassAsync(HttpContext context, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await _gate!.PassAsync(ended.Token);
        }
        finally
        {
            if (context.RequestAborted.IsCancellationRequested)
            {
                _clientGone.TrySetResult();
            }
        }
    }

    private static int EndOfEvent(ReadOnlySpan<byte> stream, int events)
    {
        var end = 0;
        for (var i = 0; i < events; i++)
        {
            end += stream[end..].IndexOf("\n\n"u8) + 2;
        }

        return end;
    }
}
