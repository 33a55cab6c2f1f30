using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A collector on loopback that takes OTLP's protobuf over HTTP.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly ConcurrentQueue<OtlpSpan> _spans = new();
    private RecordingServer? _server;

    public Uri TracesUrl => new(_server!.Address, "/v1/traces");

    /// <summary>Gets a DSN whose project takes its traces here.</summary>
    public string Dsn => $"http://public@{_server!.Host}/1";

    /// <summary>Gets the requests that have come, without their bodies.</summary>
    public IReadOnlyList<RecordedRequest> Requests => _server!.Requests;

    /// <summary>Gets the spans of all of them. The process's, since sources are: tell them by their trace.</summary>
    public IReadOnlyList<OtlpSpan> Spans => [.. _spans];

    public static async Task<OtlpCollector> StartAsync()
    {
        var collector = new OtlpCollector { _server = await RecordingServer.StartAsync() };
        collector._server.Answer = collector.ReceiveAsync;
        return collector;
    }

    public IReadOnlyList<OtlpSpan> Of(string traceId) => [.. _spans.Where(span => span.TraceId == traceId)];

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        foreach (var span in OtlpRequestReader.Read(body.ToArray()))
        {
            // Whoever waits for it fails.
            if (PlantedSecrets.FindIn(System.Text.Encoding.Latin1.GetString(body.ToArray())) is { } found)
            {
                throw new InvalidDataException($"It must not tell of what was planted: {found}");
            }

            _spans.Enqueue(span);
        }
    }
}
