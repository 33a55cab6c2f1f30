using System.Diagnostics;
using System.Runtime.InteropServices;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Streaming.Parents;

/// <summary>Where no context comes along, a call is given its parent, or says that it has none.</summary>
[Collection(RunsAlone.Name)]
public sealed class NoContextTests
{
    private delegate nint ThreadStart(nint argument);

    private static readonly Dictionary<string, Action<Action>> Ways = new()
    {
        ["Task.Run with its flow suppressed"] = static work =>
        {
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(work);
            }
        },
        ["ThreadPool.UnsafeQueueUserWorkItem"] = static work => ThreadPool.UnsafeQueueUserWorkItem(_ => work(), null),
        ["a thread of a native library"] = RunOnNativeThread,
    };

    public static TheoryData<string> Names => [.. Ways.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Call_ParentIsGiven_IsUnderIt(string way)
    {
        SkipWhereNoNativeThread(way);
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", async () =>
        {
            using var workflow = LlmTrace.StartWorkflow("answer");
            var parent = Activity.Current;
            await RunAsync(way, () => LlmTrace.StartChat(new LlmCall("m") { Parent = parent }).Dispose());
        }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(["invoke_workflow answer", "chat m"], transaction.Spans.Select(static span => span.Name));
        Assert.Equal(transaction.Spans[0].SpanId, transaction.Spans[1].ParentSpanId);
        Assert.Equal("explicit", transaction.Spans[1][LlmTracingAttributes.Parent]);
        Assert.Empty(app.Logs.Of("ParentNotFound"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Call_StreamWasMadeInTheRequest_IsUnderTheSpanThatWasCurrentThere(string way)
    {
        SkipWhereNoNativeThread(way);
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", async () =>
        {
            using var workflow = LlmTrace.StartWorkflow("answer");
            var stream = ChunksAsync().TraceLlm(new LlmCall("m"));
            await RunAsync(way, () => Pull(stream));
        }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(["invoke_workflow answer", "chat m"], transaction.Spans.Select(static span => span.Name));
        Assert.Equal(transaction.Spans[0].SpanId, transaction.Spans[1].ParentSpanId);
        Assert.Equal("ambient", transaction.Spans[1][LlmTracingAttributes.Parent]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Call_NothingIsGiven_IsATransactionOfItsOwnAndTheLogSaysHowToGiveIt(string way)
    {
        SkipWhereNoNativeThread(way);
        ActivityTraceId traceId = default;
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", () => RunAsync(way, Orphan)));

        await app.GetAsync("/");
        await app.Sink.NextAsync();
        var orphan = await app.Sink.NextAsync(traceId);

        Assert.Equal("chat m", orphan.Root.Name);
        Assert.Null(orphan.Root.ParentSpanId);
        Assert.Equal("none", orphan.Root[LlmTracingAttributes.Parent]);
        var warning = Assert.Single(app.Logs.Of("ParentNotFound"));
        Assert.Equal((LogLevel.Warning, 103), (warning.Level, warning.Event.Id));
        Assert.StartsWith("The span 'chat m', started by ", warning.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(NoContextTests), warning.Message, StringComparison.Ordinal);
        Assert.Contains("give it as LlmCall.Parent", warning.Message, StringComparison.Ordinal);

        void Orphan()
        {
            using var chat = LlmTrace.StartChat(new LlmCall("m"));
            traceId = chat.Activity!.TraceId;
        }
    }

    private static async IAsyncEnumerable<string> ChunksAsync()
    {
        await Task.CompletedTask;
        yield return "a";
    }

    // All of it on the thread that calls: every chunk is there already.
    private static void Pull(IAsyncEnumerable<string> stream)
    {
        var reading = ReadAsync();
        Assert.True(reading.IsCompletedSuccessfully);

        async Task ReadAsync()
        {
            await foreach (var _ in stream)
            {
            }
        }
    }

    private static Task RunAsync(string way, Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Ways[way](() =>
        {
            try
            {
                Assert.Null(Activity.Current);
                Assert.Null(LlmTrace.Transaction);
                work();
                done.SetResult();
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task.BoundAsync("the work's end");
    }

    private static void SkipWhereNoNativeThread(string way) =>
        Assert.SkipWhen(OperatingSystem.IsWindows() && Ways[way] == RunOnNativeThread, "Needs POSIX threads.");

    private static void RunOnNativeThread(Action work)
    {
        GCHandle handle = default;
        ThreadStart start = _ =>
        {
            work();
            handle.Free();
            return 0;
        };
        handle = GCHandle.Alloc(start);
        var failure = CreateThread(out var thread, 0, Marshal.GetFunctionPointerForDelegate(start), 0);
        Assert.Equal(0, failure);
        Assert.Equal(0, DetachThread(thread));
    }

    [DllImport("libc", EntryPoint = "pthread_create")]
    private static extern int CreateThread(out nint thread, nint attributes, nint start, nint argument);

    [DllImport("libc", EntryPoint = "pthread_detach")]
    private static extern int DetachThread(nint thread);
}
