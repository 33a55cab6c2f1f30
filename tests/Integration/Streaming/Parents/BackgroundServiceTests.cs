using System.Diagnostics;
using System.Threading.Channels;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmTracing.Tests.Integration.Streaming.Parents;

/// <summary>Work that a service does in the background, for a request or for none.</summary>
[Collection(RunsAlone.Name)]
public sealed class BackgroundServiceTests
{
    [Fact]
    public async Task Channel_StreamMadeInTheRequest_IsUnderTheRequestThoughTheServicePullsIt()
    {
        var queue = new WorkQueue();
        await using var app = await StartAsync(queue, async () =>
        {
            using var workflow = LlmTrace.StartWorkflow("answer");
            var stream = ChunksAsync().TraceLlm(new LlmCall("m"));
            await queue.RunAsync(async () =>
            {
                Assert.Null(Activity.Current);
                await foreach (var _ in stream)
                {
                }
            });
        });

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(
            ["invoke_workflow answer", "chat m", "execute_tool search"], transaction.Spans.Select(static span => span.Name));
        Assert.Equal(transaction.Spans[0].SpanId, transaction.Spans[1].ParentSpanId);
        Assert.Equal(transaction.Spans[1].SpanId, transaction.Spans[2].ParentSpanId);
        Assert.Empty(app.Logs.Of("ParentNotFound"));
    }

    [Fact]
    public async Task Channel_ParentGoesAlongWithTheWork_IsTheParent()
    {
        var queue = new WorkQueue();
        await using var app = await StartAsync(queue, async () =>
        {
            var parent = LlmTrace.Transaction;
            await queue.RunAsync(async () =>
            {
                using var agent = LlmTrace.StartAgent("worker", parent);
                await Task.Yield();
                LlmTrace.StartTool("search").Dispose();
            });
        });

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(["invoke_agent worker", "execute_tool search"], transaction.Spans.Select(static span => span.Name));
        Assert.Equal(transaction.Root.SpanId, transaction.Spans[0].ParentSpanId);
        Assert.Equal("explicit", transaction.Spans[0][LlmTracingAttributes.Parent]);
        Assert.Equal(transaction.Spans[0].SpanId, transaction.Spans[1].ParentSpanId);
        Assert.Equal("worker", transaction.Spans[1][GenAiAttributes.AgentName]);
    }

    [Fact]
    public async Task Channel_StreamPulledAfterItsRequest_IsATransactionOfItsOwnInTheTrace()
    {
        var queue = new WorkQueue();
        IAsyncEnumerable<string>? stream = null;
        await using var app = await StartAsync(queue, () =>
        {
            stream = ChunksAsync().TraceLlm(new LlmCall("m"));
            return Task.CompletedTask;
        });

        await app.GetAsync("/");
        var request = await app.Sink.NextAsync();
        await queue.RunAsync(async () =>
        {
            await foreach (var _ in stream!)
            {
            }
        });
        var late = await app.Sink.NextAsync(request.TraceId);

        Assert.Equal(("chat m", request.Root.SpanId), (late.Root.Name, late.Root.ParentSpanId));
        Assert.Equal("execute_tool search", Assert.Single(late.Spans).Name);
        Assert.Empty(app.Logs.Of("ParentNotFound"));
    }

    [Fact]
    public async Task BackgroundService_WithoutAnyRequest_EachRunIsATransactionAndEachPlaceIsWarnedOfOnce()
    {
        var time = new ManualTimeProvider();
        var queue = new WorkQueue();
        await using var app = await StartAsync(queue, static () => Task.CompletedTask, time);
        var traces = new List<ActivityTraceId>();

        for (var i = 0; i < 3; i++)
        {
            await queue.RunAsync(() => LlmTrace.RunAsync(LlmTrace.StartWorkflow("nightly"), async span =>
            {
                traces.Add(span.Activity!.TraceId);
                await foreach (var _ in ChunksAsync().TraceLlm(new LlmCall("m")))
                {
                }
            }));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        foreach (var traceId in traces)
        {
            var transaction = await app.Sink.NextAsync(traceId);
            Assert.Equal("invoke_workflow nightly", transaction.Root.Name);
            Assert.Equal("none", transaction.Root[LlmTracingAttributes.Parent]);
            Assert.Equal(["chat m", "execute_tool search"], transaction.Spans.Select(static span => span.Name));
            Assert.Equal(1, transaction.Root[LlmTracingAttributes.Calls]);
        }

        Assert.Equal(3, traces.Distinct().Count());
        var warning = Assert.Single(app.Logs.Of("ParentNotFound"));
        Assert.Contains("'invoke_workflow nightly'", warning.Message, StringComparison.Ordinal);

        await queue.RunAsync(() =>
        {
            LlmTrace.StartTool("elsewhere").Dispose();
            return Task.CompletedTask;
        });
        Assert.Equal(2, app.Logs.Of("ParentNotFound").Count);
    }

    private static async IAsyncEnumerable<string> ChunksAsync()
    {
        await Task.CompletedTask;
        LlmTrace.StartTool("search").Dispose();
        yield return "a";
    }

    private static Task<TestApp> StartAsync(WorkQueue queue, Func<Task> request, TimeProvider? time = null) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Services = services =>
            {
                services.AddSingleton(queue);
                services.AddHostedService<Worker>();
                services.AddSingleton(time ?? TimeProvider.System);
            },
            Inside = app => app.MapGet("/", request),
        });

    private sealed class WorkQueue
    {
        private readonly Channel<Func<Task>> _work = Channel.CreateUnbounded<Func<Task>>();

        public ChannelReader<Func<Task>> Reader => _work.Reader;

        public Task RunAsync(Func<Task> work)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Assert.True(_work.Writer.TryWrite(async () =>
            {
                try
                {
                    await work();
                    done.SetResult();
                }
                catch (Exception exception)
                {
                    done.SetException(exception);
                }
            }));
            return done.Task.BoundAsync("the work's end");
        }
    }

    private sealed class Worker(WorkQueue queue) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            // As in any app: nothing of whoever started the host comes along.
            Activity.Current = null;
            await foreach (var work in queue.Reader.ReadAllAsync(stoppingToken))
            {
                await work();
            }
        }
    }
}
