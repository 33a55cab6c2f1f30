using System.Net;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Stories;

/// <summary>
/// Story 3, stale headers: https://github.com/flox/flox/pull/3300. The headers of the trace were taken once, when the HTTP
/// client was made: there was no span yet, so there were none; and had there been one, every later request would have named
/// it as its parent, whoever made it.
/// </summary>
/// <remarks>
/// Here they are those of the span that is live when the request is sent, on a pooled connection, on each retry, inside an
/// iterator. Seen to fail: with the first span's headers kept (<c>HeaderTarget.Set</c> without <c>Remove</c>) the retries name
/// the first attempt; with the context of the puller in place of the stream's (<c>FlowingSource.InContext</c>) the calls
/// inside an iterator leave its span; with <c>DistributedContextPropagator.Current</c> not set there are no headers.
/// </remarks>
[Collection(RunsAlone.Name)]
public sealed class StaleHeadersTests
{
    [Fact]
    public async Task PooledConnection_ManyRequests_EachNamesItsOwnLiveSpan()
    {
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(async client =>
        {
            for (var i = 0; i < 5; i++)
            {
                using var step = LlmTrace.StartTask($"step {i}");
                await client.GetStringAsync(server.Address);
            }
        });

        for (var i = 0; i < 3; i++)
        {
            await app.GetAsync("/");
        }

        Assert.Equal(15, server.Requests.Count);
        Assert.Single(server.Requests.Select(static request => request.Connection).Distinct());
        foreach (var requests in server.Requests.Chunk(5))
        {
            var transaction = await app.Sink.NextAsync();
            var spans = transaction.Spans.Where(static span => span.Source == "System.Net.Http").ToList();
            var steps = transaction.Spans.Where(static span => span.Source == LlmTrace.SourceName).ToList();
            Assert.Equal(steps.Select(static step => step.SpanId), spans.Select(static span => span.ParentSpanId!.Value));
            AssertNamed(transaction, spans, requests);
        }
    }

    [Fact]
    public async Task Iterator_CallsBetweenItsYields_NameTheSpanOfTheStream()
    {
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(async client =>
        {
            await foreach (var _ in StreamAsync().TraceLlm(new LlmCall("m")))
            {
                // The consumer's own call, in between, is none of the stream's.
                await client.GetStringAsync(server.Address);
            }

            async IAsyncEnumerable<string> StreamAsync()
            {
                for (var i = 0; i < 3; i++)
                {
                    yield return await client.GetStringAsync(server.Address);
                }
            }
        });

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        var stream = Assert.Single(transaction.Spans, static span => span.Source == LlmTrace.SourceName);
        var calls = transaction.Spans.Where(static span => span.Source == "System.Net.Http").ToList();
        Assert.Equal(6, calls.Count);
        Assert.All(calls.Where(static (_, i) => i % 2 == 0), call => Assert.Equal(stream.SpanId, call.ParentSpanId));
        Assert.All(
            calls.Where(static (_, i) => i % 2 == 1), call => Assert.Equal(transaction.Root.SpanId, call.ParentSpanId));
        AssertNamed(transaction, calls, server.Requests);
        Assert.Single(server.Requests.Select(static request => request.Connection).Distinct());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Retries_OfTheSameMessage_EachNamesASpanOfItsOwn(bool allowsRedirects)
    {
        await using var server = await RecordingServer.StartAsync();
        server.Answer = context =>
        {
            context.Response.StatusCode = server.Requests.Count < 3 ? 503 : 200;
            return Task.CompletedTask;
        };
        await using var app = await StartAsync(
            client => client.GetStringAsync(server.Address),
            () => new RetryingHandler(new SocketsHttpHandler { AllowAutoRedirect = allowsRedirects }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(3, transaction.Spans.Count);
        Assert.All(transaction.Spans, span => Assert.Equal(transaction.Root.SpanId, span.ParentSpanId));
        AssertNamed(transaction, transaction.Spans, server.Requests);
        Assert.Single(server.Requests.Select(static request => request.Baggage).Distinct());
    }

    private static void AssertNamed(
        RecordedTransaction transaction, IReadOnlyList<RecordedSpan> calls, IReadOnlyList<RecordedRequest> requests)
    {
        Assert.Equal(
            calls.Select(call => $"{transaction.TraceId}-{call.SpanId}-1"), requests.Select(static one => one.SentryTrace));
        Assert.Equal(
            calls.Select(call => $"00-{transaction.TraceId}-{call.SpanId}-01"),
            requests.Select(static one => one.TraceParent));
        Assert.Equal(calls.Count, calls.Select(static call => call.SpanId).Distinct().Count());
    }

    private static async Task<TestApp> StartAsync(Func<HttpClient, Task> request, Func<HttpMessageHandler>? handler = null)
    {
        HttpClient? client = null;
        var app = await TestApp.StartAsync(new TestAppSetup
        {
            Tracing = tracing => tracing.AddSentryExporter(static options => options.Dsn = "http://public@127.0.0.1:9/1"),
            Inside = app => app.MapGet("/", () => request(client!)),
        });

        // Once for the app, as it should be: long before any of the spans that its requests name.
        client = handler is null ? new HttpClient() : new HttpClient(handler());
        return app;
    }

    private sealed class RetryingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            while (true)
            {
                var response = await base.SendAsync(request, cancellationToken);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return response;
                }

                response.Dispose();
            }
        }
    }
}
