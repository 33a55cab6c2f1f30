using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Middleware.Transactions;

[Collection(RunsAlone.Name)]
public sealed class TransactionCollectorTests
{
    [Fact]
    public async Task OnStarted_CallOutsideAnyRequest_IsATransactionOfItsOwn()
    {
        await using var app = await TestApp.StartAsync(static _ => { });
        ActivityTraceId traceId = default;

        await foreach (var _ in Chunks().TraceLlm(new LlmCall("m")))
        {
        }

        var transaction = await app.Sink.NextAsync(traceId);

        Assert.Equal("chat m", transaction.Root.Name);
        Assert.Null(transaction.Root.ParentSpanId);
        Assert.Equal("none", transaction.Root[LlmTracingAttributes.Parent]);
        Assert.Equal(StreamOutcome.Completed, transaction.Outcome);
        Assert.Equal(1L, transaction.Root[LlmTracingAttributes.StreamChunks]);
        Assert.Equal("execute_tool search", Assert.Single(transaction.Spans).Name);

        async IAsyncEnumerable<string> Chunks()
        {
            traceId = Activity.Current!.TraceId;
            await Task.Yield();
            LlmTrace.StartTool("search").Dispose();
            yield return "a";
        }
    }

    [Fact]
    public async Task OnStarted_HttpCallOutsideAnyRequest_IsNoTransaction()
    {
        await using var server = await TestApp.StartAsync(static app => app.MapGet("/", static () => "fine"));
        using var client = new HttpClient { BaseAddress = server.BaseUrl };

        await client.GetStringAsync("/", TestContext.Current.CancellationToken);
        await server.StopAsync();

        Assert.Equal("GET /", Assert.Single(server.Sink.Requests).Root.Name);
        Assert.Single(server.Sink.Of(server.Sink.Requests[0].TraceId));
    }

    [Fact]
    public async Task HandOn_SinkThrows_HarmsNeitherTheRequestNorTheNextSink()
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Tracing = static tracing => tracing.AddTransactionSink<ThrowingSink>(),
            Inside = static app => app.MapGet("/", static () => "fine"),
        });

        Assert.Equal("fine", await app.GetAsync("/"));
        await app.Sink.NextAsync();
        await app.StopAsync();

        var failed = Assert.Single(app.Logs.Of("SinkFailed"));
        Assert.Equal((LogLevel.Error, 100), (failed.Level, failed.Event.Id));
        Assert.Equal(
            $"The transaction sink {typeof(ThrowingSink)} threw. Its transaction is lost to it.", failed.Message);
        Assert.Equal("Full.", failed.Exception?.Message);
        Assert.Equal([failed], app.Logs.Errors);
        Assert.Equal(1, app.Sink.Flushes);
        Assert.Equal("Flush failed.", Assert.Single(app.Logs.Of("FlushFailed")).Exception?.Message);
    }

    private sealed class ThrowingSink : ITransactionSink
    {
        public void Accept(FinishedTransaction transaction) => throw new InvalidOperationException("Full.");

        public ValueTask FlushAsync(CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Flush failed.");
    }
}
