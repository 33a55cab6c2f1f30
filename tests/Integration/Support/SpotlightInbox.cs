using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A server in the place of Spotlight, which keeps each envelope and answers as a test wants.</summary>
internal sealed class SpotlightInbox : IAsyncDisposable
{
    private readonly Channel<SentryEnvelope> _envelopes = Channel.CreateUnbounded<SentryEnvelope>();
    private LoopbackServer? _server;
    private int _received;

    /// <summary>Gets or sets what is answered. The default is 200 without a body, as Spotlight does.</summary>
    public Func<HttpContext, CancellationToken, Task> Answer { get; set; } = static (_, _) => Task.CompletedTask;

    public int Received => Volatile.Read(ref _received);

    public int Port => _server!.Port;

    public string Address => $"http://127.0.0.1:{Port}/stream";

    /// <param name="port">0 for any free one.</param>
    public static async Task<SpotlightInbox> StartAsync(int port = 0)
    {
        var inbox = new SpotlightInbox();
        inbox._server = await LoopbackServer.StartAsync(inbox.ReceiveAsync, port);
        return inbox;
    }

    public Task<SentryEnvelope> NextAsync() =>
        Deadline.BoundAsync("envelope for Spotlight", null, token => _envelopes.Reader.ReadAsync(token).AsTask());

    /// <summary>Reads the next envelope, which is that of a transaction.</summary>
    public async Task<SentryTransaction> NextTransactionAsync()
    {
        var envelope = await NextAsync();
        var sent = Assert.Single(envelope.OfType(EnvelopeChecker.Transaction)).Payload;
        return new SentryTransaction(envelope.Header, sent, sent);
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context, CancellationToken stopping)
    {
        var deviations = new DeviationList();
        var request = context.Request;
        Interlocked.Increment(ref _received);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        var bytes = request.Headers.ContentEncoding == "gzip" ? EnvelopeRequestReader.Decompress(body, deviations) : body.ToArray();
        deviations.Require(
            (request.Method, request.Path.Value, request.ContentType) == ("POST", "/stream", "application/x-sentry-envelope"),
            $"The request was {request.Method} {request.Path} of {request.ContentType}.");
        deviations.Require(
            !request.Headers.ContainsKey("sentry-trace") && !request.Headers.ContainsKey("traceparent"),
            "The request had headers of a trace.");
        var envelope = EnvelopeReader.Read(bytes, deviations);
        if (deviations.Sentences.Count > 0)
        {
            _envelopes.Writer.TryComplete(new InvalidOperationException(string.Join('\n', deviations.Sentences)));
        }
        else
        {
            _envelopes.Writer.TryWrite(envelope!);
        }

        await Answer(context, stopping);
    }
}
