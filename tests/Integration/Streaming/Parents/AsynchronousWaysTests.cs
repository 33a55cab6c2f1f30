using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;

namespace LlmTracing.Tests.Integration.Streaming.Parents;

/// <summary>Whatever way code takes from a span to a call, the call finds the span.</summary>
public sealed class AsynchronousWaysTests
{
    private static readonly Dictionary<string, Func<Func<Task>, Task>> Ways = new()
    {
        ["deep in async calls"] = work => DeepAsync(20, work),
        ["after ConfigureAwait(false)"] = async work =>
        {
            await Task.Yield();
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await work().ConfigureAwait(false);
        },
        ["Task.Run"] = Task.Run,
        ["Task.Factory.StartNew"] = work => Task.Factory.StartNew(
            work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap(),
        ["ThreadPool.QueueUserWorkItem"] = work => Signalled(done =>
            ThreadPool.QueueUserWorkItem(_ => Complete(work, done))),
        ["a thread"] = work => Signalled(done => new Thread(() => Complete(work, done)).Start()),
        ["a timer"] = async work =>
        {
            Timer? timer = null;
            await Signalled(done => timer = new Timer(_ => Complete(work, done), null, 0, Timeout.Infinite));
            await timer!.DisposeAsync();
        },
        ["a periodic timer"] = async work =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
            await timer.WaitForNextTickAsync();
            await work();
        },
        ["Parallel.ForEachAsync"] = work => Parallel.ForEachAsync([1], async (_, _) => await work()),
        ["a continuation"] = work => Task.CompletedTask.ContinueWith(
            _ => work(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Unwrap(),
        ["a cancellation callback"] = async work =>
        {
            using var source = new CancellationTokenSource();
            var done = Signalled(done => source.Token.Register(() => Complete(work, done)));
            await source.CancelAsync();
            await done;
        },
        ["suppressed flow, on the same thread"] = work =>
        {
            using (ExecutionContext.SuppressFlow())
            {
                return work();
            }
        },
    };

    public static TheoryData<string> Names => [.. Ways.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Call_AtTheEndOfTheWay_IsUnderTheSpanThatIsCurrentAtItsBeginning(string way)
    {
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", async () =>
        {
            using var workflow = LlmTrace.StartWorkflow("answer");
            await Ways[way](CallAsync);
        }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        var spans = transaction.Spans.ToDictionary(static span => span.Name);
        Assert.Equal(["invoke_workflow answer", "chat whole", "chat streamed"], spans.Keys);
        var workflow = spans["invoke_workflow answer"];
        Assert.Equal(transaction.Root.SpanId, workflow.ParentSpanId);
        Assert.All(["chat whole", "chat streamed"], name =>
        {
            Assert.Equal(workflow.SpanId, spans[name].ParentSpanId);
            Assert.Equal("ambient", spans[name][LlmTracingAttributes.Parent]);
        });
        Assert.Empty(app.Logs.Of("ParentNotFound"));
    }

    // Under a suppressed flow it must not wait, or it would have left the thread that suppresses it.
    private static Task CallAsync()
    {
        LlmTrace.StartChat(new LlmCall("whole")).Dispose();
        var reading = ReadAsync();
        return ExecutionContext.IsFlowSuppressed() && !reading.IsCompleted ? throw new InvalidOperationException() : reading;
    }

    private static async Task ReadAsync()
    {
        await foreach (var _ in ChunksAsync().TraceLlm(new LlmCall("streamed")))
        {
            Assert.Equal("invoke_workflow answer", Activity.Current?.DisplayName);
        }
    }

    private static async IAsyncEnumerable<string> ChunksAsync()
    {
        await Task.CompletedTask;
        Assert.Equal("chat streamed", Activity.Current?.DisplayName);
        yield return "a";
    }

    private static async Task DeepAsync(int depth, Func<Task> work)
    {
        await Task.Yield();
        await (depth == 0 ? work() : DeepAsync(depth - 1, work));
    }

    private static Task Signalled(Action<TaskCompletionSource> start)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        start(done);
        return done.Task.BoundAsync("the work's end");
    }

    private static async void Complete(Func<Task> work, TaskCompletionSource done)
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
    }
}
