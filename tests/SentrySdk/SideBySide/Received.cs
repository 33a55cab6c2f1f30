using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.SentrySdk.SideBySide;

/// <summary>What a Sentry server was sent, whatever it is: nothing is held to a rule here.</summary>
internal sealed class Received : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Type, JsonElement Envelope, JsonElement Payload)> _items = new();
    private RecordingServer _server = null!;

    public string Dsn => $"http://public@{_server.Host}/1";

    public static async Task<Received> StartAsync()
    {
        var received = new Received { _server = await RecordingServer.StartAsync() };
        received._server.Answer = async context => received.Note(await ReadAsync(context.Request));
        return received;
    }

    public IReadOnlyList<JsonElement> OfType(string type) =>
        [.. _items.Where(item => item.Type == type).Select(static item => item.Payload)];

    /// <summary>Gives the headers of the envelopes that hold items of a type.</summary>
    public IReadOnlyList<JsonElement> HeadersOf(string type) =>
        [.. _items.Where(item => item.Type == type).Select(static item => item.Envelope)];

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task<string[]> ReadAsync(HttpRequest request)
    {
        await using var body = request.Headers.ContentEncoding == "gzip"
            ? new GZipStream(request.Body, CompressionMode.Decompress)
            : request.Body;
        using var reader = new StreamReader(body);
        return (await reader.ReadToEndAsync(request.HttpContext.RequestAborted)).Split('\n');
    }

    // After the header of the envelope: a line for each item, and one for what it holds. No item of the SDK's is of more.
    private void Note(string[] lines)
    {
        for (var i = 1; i + 1 < lines.Length; i += 2)
        {
            if (JsonElement.Parse(lines[i]).At("type").AsText() is { } type)
            {
                _items.Enqueue((type, JsonElement.Parse(lines[0]), JsonElement.Parse(lines[i + 1])));
            }
        }
    }
}
