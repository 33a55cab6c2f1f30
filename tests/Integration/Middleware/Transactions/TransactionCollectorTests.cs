using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
    public async Task OnStarted_CallBeneathASpanMadeByHand_IsATransactionOfItsOwn()
    {
        await using var app = await TestApp.StartAsync(static _ => { });
        Activity.Current = null;
        using var job = new Activity("job").Start();

        using (LlmTrace.StartWorkflow("nightly"))
        {
            using var step = new Activity("step").Start();
            LlmTrace.StartTool("search").Dispose();
        }

        var transaction = await app.Sink.NextAsync(job.TraceId);

        Assert.Equal("invoke_workflow nightly", transaction.Root.Name);
        Assert.Null(transaction.Root.ParentSpanId);
        Assert.Equal("ambient", transaction.Root[LlmTracingAttributes.Parent]);
        var tool = Assert.Single(transaction.Spans);
        Assert.Equal(transaction.Root.SpanId, tool.ParentSpanId);
        Assert.Empty(app.Logs.Of("ParentNotFound"));
    }

    [Fact]
    public async Task OnStarted_CallBeneathASpanOfAnotherLibrary_IsATransactionOfItsOwn()
    {
        const string caller = "b7ad6b7169203331";
        await using var app = await TestApp.StartAsync(static _ => { });
        using var source = new ActivitySource("Queue");
        using var elsewhere = new ActivityListener
        {
            ShouldListenTo = other => ReferenceEquals(other, source),
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(elsewhere);
        using var message = source.StartActivity(
            "consume",
            ActivityKind.Consumer,
            new ActivityContext(
                ActivityTraceId.CreateRandom(),
                ActivitySpanId.CreateFromString(caller),
                ActivityTraceFlags.Recorded,
                isRemote: true))!;

        LlmTrace.StartAgent("worker").Dispose();
        var transaction = await app.Sink.NextAsync(message.TraceId);

        Assert.Equal("invoke_agent worker", transaction.Root.Name);
        Assert.Equal(caller, transaction.Root.ParentSpanId?.ToHexString());
    }

    [Fact]
    public async Task OnStarted_CallInARequestWithoutTheMiddleware_IsNoTransaction()
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Outside = static app => app.Map("/outside", static branch => branch.Run(static context =>
            {
                LlmTrace.StartTool("search").Dispose();
                return context.Response.WriteAsync(Activity.Current!.TraceId.ToHexString());
            })),
        });

        var traceId = ActivityTraceId.CreateFromString(await app.GetAsync("/outside"));
        await app.StopAsync();

        Assert.Empty(app.Sink.Of(traceId));
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
        Assert.Equal(1, app.Flush.Flushes);
        Assert.Equal("Flush failed.", Assert.Single(app.Logs.Of("FlushFailed")).Exception?.Message);
    }

    private sealed class ThrowingSink : ITransactionSink
    {
        public void Accept(FinishedTransaction transaction) => throw new InvalidOperationException("Full.");

        public ValueTask FlushAsync(CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Flush failed.");
    }
}
