using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Streaming.Wire;

/// <summary>An app that streams what it is told to, and a reader of it.</summary>
internal sealed class WireHost : IAsyncDisposable
{
    private readonly TestApp _app;
    private readonly IEventReader _reader;
    private WireStream _stream = new([]);

    private WireHost(TestApp app, IEventReader reader) => (_app, _reader) = (app, reader);

    public static async Task<WireHost> StartAsync(EventReaderKind kind, Browser browser)
    {
        WireHost? host = null;
        var app = await TestApp.StartAsync(app =>
        {
            app.MapGet("/", () => Results.Content("", "text/html"));
            app.MapGet("/stream", () => Results.TracedSse(host!._stream.ItemsAsync(), options: host._stream.Options));
        });
        try
        {
            return host = new WireHost(app, kind switch
            {
                EventReaderKind.SseParser => new PlatformReader(app.Client),
                EventReaderKind.EventSourceParser => new NodeReader(),
                _ => await BrowserReader.OpenAsync(browser, app.BaseUrl),
            });
        }
        finally
        {
            if (host is null)
            {
                await app.DisposeAsync();
            }
        }
    }

    /// <summary>Streams, and gives what was read.</summary>
    public Task<IReadOnlyList<ReadEvent>> ReadAsync(WireStream stream)
    {
        _stream = stream;
        return _reader.ReadAsync(
            new Uri(_app.BaseUrl, "/stream"),
            stream.Chunks.Select(static chunk => chunk.ReadType).Concat(["message", "done", "error"]).Distinct());
    }

    /// <summary>Streams, and fails, with the stream, where something else was read than was streamed.</summary>
    public async Task CheckAsync(WireStream stream)
    {
        var differences = ExpectedReading.DifferencesFrom(stream, await ReadAsync(stream)).ToList();
        if (differences.Count > 0)
        {
            Assert.Fail($"Of the stream\n{stream}\n\n{string.Join('\n', differences)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        await _app.DisposeAsync();
    }
}
