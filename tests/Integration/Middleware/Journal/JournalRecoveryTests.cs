using System.Diagnostics;
using LlmTracing.Middleware.Journal;
using LlmTracing.Middleware.Transactions;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmTracing.Tests.Integration.Middleware.Journal;

public sealed class JournalRecoveryTests
{
    private const int RootSlot = 0;

    [Fact]
    public async Task Start_JournalOfADeadProcess_DeliversTheRequestWithEverySpan()
    {
        using var left = await LeaveOpenAsync();

        await using var app = await StartAsync(left);
        var transaction = await app.Sink.NextAsync();
        await app.StopAsync();

        Assert.Equal("GET /chat/{id}", transaction.Name);
        Assert.Equal(["/chat/{id}", "/chat/7", "GET"], [
            transaction.Root["http.route"], transaction.Root["url.path"], transaction.Root["http.request.method"]]);
        Assert.Null(transaction.Root["http.response.status_code"]);
        Assert.Null(transaction.Root.ParentSpanId);
        var (workflow, tool, chat) =
            (transaction.SingleNamed("invoke_workflow answer"), transaction.Single("execute_tool"), transaction.Single("chat"));
        Assert.Equal(
            [transaction.Root.SpanId, workflow.SpanId, workflow.SpanId],
            [workflow.ParentSpanId, tool.ParentSpanId, chat.ParentSpanId]);
        Assert.Equal(
            [StreamOutcome.ProcessTerminated, StreamOutcome.ProcessTerminated, null, StreamOutcome.ProcessTerminated],
            [transaction.Outcome, workflow.Outcome, tool.Outcome, chat.Outcome]);
        Assert.Equal(("refused", ActivityStatusCode.Error), (tool.Error!.Message, tool.Status));
        Assert.Equal([(transaction.TraceId, workflow.SpanId)], tool.Links.Select(static link => (link.TraceId, link.SpanId)));
        Assert.Equal(new LlmUsage(11, 3) { TotalTokens = 14 }, chat.Usage);
        Assert.Equal(
            ["asked-model", "answering-model", 2L, "partial"],
            [
                chat["gen_ai.request.model"], chat["gen_ai.response.model"], chat["llm_tracing.stream.chunks"],
                chat["llm_tracing.usage.source"]
            ]);
        Assert.Equal(["error"], Assert.IsType<string[]>(chat["gen_ai.response.finish_reasons"]));
        Assert.Equal((1, 11L, 3L), (transaction.Calls, transaction.Usage.InputTokens, transaction.Usage.OutputTokens));
        Assert.All([transaction.Root, .. transaction.Spans], static span => Assert.False(span.IsUnfinished));
        Assert.True(transaction.Root.End >= chat.End);
        Assert.DoesNotContain(left.Files, static path => Path.GetFileName(path).StartsWith("dead", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_TwoAtOnce_DeliverItOnce()
    {
        using var left = await LeaveOpenAsync();

        var apps = await Task.WhenAll(StartAsync(left), StartAsync(left));
        var taken = apps.Select(static app => app.Sink.NextAsync()).ToArray();
        await Task.WhenAny(taken);
        await Task.WhenAll(apps.Select(static app => app.StopAsync()));

        Assert.Single(apps.SelectMany(static app => app.Sink.All));

        // The other waits in vain, which must be nobody's unobserved exception.
        Array.ForEach(taken, static task => task.ContinueWith(static task => task.Exception, TaskScheduler.Default));
        foreach (var app in apps)
        {
            await app.DisposeAsync();
        }
    }

    [Fact]
    public async Task Start_JournalOfALivingProcess_IsLeftAlone()
    {
        using var journals = new TempFolder();
        var gate = new ScriptGate(0);
        await using var living = await StartAsync(journals, app => app.MapGet("/", () => gate.PassAsync(default)));
        var request = living.GetAsync("/");
        await gate.Reached.BoundAsync("request");

        await using (var other = await StartAsync(journals))
        {
            await other.StopAsync();
            Assert.Empty(other.Sink.All);
        }

        gate.Release();
        await request;
        var transaction = await living.Sink.NextAsync();
        Assert.Null(transaction.Outcome);
    }

    [Fact]
    public async Task Start_RootIsCorrupt_DeliversWhatWasBeneathIt()
    {
        using var left = await LeaveOpenAsync();
        var path = Assert.Single(left.Files);
        using (var file = new FileStream(path, FileMode.Open))
        {
            file.Position = RootSlot * JournalLayout.SlotSize;
            file.Write(new byte[JournalLayout.SlotSize].Select(static _ => byte.MaxValue).ToArray());
        }

        await using var app = await StartAsync(left);
        var transaction = await app.Sink.NextAsync(static one => one.Name == "invoke_workflow answer");
        var warning = await app.Logs.WaitForAsync("RecordsCorrupt");
        await app.StopAsync();

        Assert.Single(app.Sink.All);
        Assert.Equal(2, transaction.Spans.Count);
        Assert.Equal(
            "1 records in the journals of earlier processes are corrupt. Their spans are lost, the others are recovered.",
            warning.Message);
    }

    [Fact]
    public async Task Start_SlotIsThereTwice_CostsOnlyThatRecord()
    {
        using var left = await LeaveOpenAsync();
        var path = Assert.Single(left.Files);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes.AsSpan(2 * JournalLayout.SlotSize, JournalLayout.SlotSize).CopyTo(bytes.AsSpan(20 * JournalLayout.SlotSize));
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        await using var app = await StartAsync(left);
        var transaction = await app.Sink.NextAsync();
        var warning = await app.Logs.WaitForAsync("RecordsCorrupt");
        await app.StopAsync();

        Assert.Equal(3, transaction.Spans.Count);
        Assert.Equal((1, 1), (app.Sink.All.Count, transaction.Calls));
        Assert.StartsWith("1 records", warning.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(path, left.Files);
    }

    [Fact]
    public async Task Start_JournalFails_IsSetAsideAndTheOthersAreDelivered()
    {
        using var left = await LeaveOpenAsync();
        var first = Assert.Single(left.Files);
        var second = Path.Combine(left.Path, $"dead2{JournalLayout.Extension}");
        File.Copy(first, second);
        var logs = new RecordingLogs();
        var sink = new TransactionRecorder();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(logs).SetMinimumLevel(LogLevel.Debug));
        var folder = new JournalFolder(Options.Create(new LlmTracingOptions { JournalDirectory = left.Path }));

        for (var start = 0; start < 2; start++)
        {
            using var recovery = new JournalRecovery(
                folder, new TransactionSinks([sink], factory), new BrokenTimeProvider(), factory);
            recovery.Start();
            await recovery.WhenDone.BoundAsync("recovery");
        }

        Assert.Equal(2, sink.All.Count);
        Assert.Equal(
            [first + JournalLayout.AsideExtension, second + JournalLayout.AsideExtension], left.Files.Order());
        Assert.Equal(2, logs.Of("JournalSetAside").Count);
    }

    // As where Sentry cannot be reached, and there is no disk to keep envelopes on.
    [Theory]
    [InlineData(false, false, true)]
    [InlineData(false, true, false)]
    [InlineData(true, true, false)]
    public async Task Start_SinksDoNotHaveItSafe_JournalStaysForTheNextStart(bool isFirstSafe, bool isOtherSafe, bool stays)
    {
        using var left = await LeaveOpenAsync();
        using var factory = new LoggerFactory();
        var folder = new JournalFolder(Options.Create(new LlmTracingOptions { JournalDirectory = left.Path }));
        ITransactionSink[] sinks = [new FlushSink { OnFlush = Flush(isFirstSafe) }, new FlushSink { OnFlush = Flush(isOtherSafe) }];
        using (var recovery = new JournalRecovery(folder, new TransactionSinks(sinks, factory), TimeProvider.System, factory))
        {
            recovery.Start();
            await recovery.WhenDone.BoundAsync("recovery");
        }

        Assert.Equal(stays ? 1 : 0, left.Files.Count);
        await using var next = await StartAsync(left);
        await next.StopAsync();
        Assert.Equal(stays ? 1 : 0, next.Sink.All.Count);

        static Func<CancellationToken, Task> Flush(bool isSafe) =>
            _ => isSafe ? Task.CompletedTask : Task.FromException(new OperationCanceledException());
    }

    [Fact]
    public async Task Dispose_RecoveryGoesOn_WhatItHasNotTakenStaysForTheNextStart()
    {
        using var left = await LeaveOpenAsync();
        File.Copy(Assert.Single(left.Files), Path.Combine(left.Path, $"dead2{JournalLayout.Extension}"));
        using var sink = new GatedSink();
        using var factory = new LoggerFactory();
        var folder = new JournalFolder(Options.Create(new LlmTracingOptions { JournalDirectory = left.Path }));
        var recovery = new JournalRecovery(folder, new TransactionSinks([sink], factory), TimeProvider.System, factory);
        recovery.Start();
        await sink.Reached.BoundAsync("first transaction");

        var disposal = Task.Run(recovery.Dispose, TestContext.Current.CancellationToken);
        await disposal.BoundAsync("disposal");
        sink.Release();
        await recovery.WhenDone.BoundAsync("recovery");

        Assert.Equal(1, sink.Accepted);
        Assert.Single(left.Files);
    }

    private sealed class GatedSink : ITransactionSink, IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _gate = new();

        public int Accepted { get; private set; }

        public Task Reached => _reached.Task;

        public void Release() => _gate.Set();

        public void Accept(FinishedTransaction transaction)
        {
            Accepted++;
            _reached.TrySetResult();
            _gate.Wait();
        }

        public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Dispose() => _gate.Set();
    }

    [Fact]
    public async Task Dispose_FolderIsGone_WarnsOnceAndThrowsNothing()
    {
        using var folder = new TempFolder();
        var journals = Path.Combine(folder.Path, "journals");
        var app = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.JournalDirectory = journals,
            Inside = static app => app.MapGet("/", static () => "fine"),
        });
        Directory.Delete(journals, recursive: true);

        Assert.Equal("fine", await app.GetAsync("/"));
        await app.StopAsync();
        await app.DisposeAsync();

        Assert.Single(app.Sink.Requests);
        Assert.Single(app.Logs.Of("JournalRemoved"));
    }

    [Fact]
    public async Task Stop_NothingOpen_LeavesNoJournal()
    {
        using var journals = new TempFolder();
        await using (var app = await StartAsync(journals, static app => app.MapGet("/", static () => "fine")))
        {
            var journal = Assert.Single(journals.Files);
            await app.GetAsync("/");
            await app.Sink.NextAsync();

            using var copy = new TempFolder();
            LiveJournal.Copy(journal, Path.Combine(copy.Path, "copy"));
            using var file = File.OpenRead(Assert.Single(copy.Files));
            var contents = JournalContents.Read(file);
            Assert.Equal((0, 0), (contents.Records.Count, contents.Corrupt));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(journal));
            }

            await app.StopAsync();
        }

        Assert.Empty(journals.Files);
    }

    [Fact]
    public async Task Start_JournalCannotBeOpened_WarnsOnceAndTracesAllTheSame()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.JournalDirectory = Path.Combine(file, "journal"),
            Inside = static app => app.MapGet("/", static () => "fine"),
        });
        await app.GetAsync("/");
        await app.Sink.NextAsync();
        await app.StopAsync();

        Assert.Single(app.Logs.Of("JournalNotOpened"));
        Assert.Empty(app.Logs.Of("RecoveryFailed"));
    }

    [Fact]
    public void Rent_JournalIsFull_WarnsOnce()
    {
        using var folder = new TempFolder();
        var logs = new RecordingLogs();
        using var journal = SpanJournal.Open(folder.Path, logs.CreateLogger("LlmTracing.Middleware"))!;

        var slots = Enumerable.Range(0, JournalLayout.Slots).Select(_ => journal.Rent(out var _)).ToList();

        Assert.All(slots, Assert.NotNull);
        Assert.Null(journal.Rent(out _));
        Assert.Null(journal.Rent(out _));
        Assert.Single(logs.Of("JournalFull"));
        journal.Return(slots[7]!);
        Assert.Same(slots[7], journal.Rent(out _));
    }

    private sealed class BrokenTimeProvider : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            throw new NotSupportedException();
    }

    private static Task<TestApp> StartAsync(TempFolder journals, Action<WebApplication>? inside = null) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.JournalDirectory = journals.Path,
            Inside = inside ?? (static _ => { }),
        });

    /// <summary>Gives a folder with the journal of an app as it was while a request ran.</summary>
    private static async Task<TempFolder> LeaveOpenAsync()
    {
        using var journals = new TempFolder();
        var gate = new ScriptGate(0);
        await using var app = await StartAsync(
            journals, app => app.MapGet("/chat/{id}", (HttpContext context) => RunAsync(gate, context.RequestAborted)));
        var request = app.GetAsync("/chat/7");
        await gate.Reached.BoundAsync("open stream");

        var left = new TempFolder();
        LiveJournal.Copy(Assert.Single(journals.Files), Path.Combine(left.Path, $"dead{JournalLayout.Extension}"));
        gate.Release();
        await request;
        return left;
    }

    private static async Task RunAsync(ScriptGate gate, CancellationToken aborted)
    {
        LlmTrace.UseChunkReader(new CountReader());
        using var workflow = LlmTrace.StartWorkflow("answer");
        workflow.RecordToolCall(new LlmToolCall("call-1", "search"));
        using (var tool = LlmTrace.StartTool("search", "call-1"))
        {
            tool.Fail(new InvalidOperationException("refused"));
        }

        await foreach (var _ in CountAsync(() => gate.PassAsync(aborted)).TraceLlm(new LlmCall("asked-model")))
        {
        }
    }

    private static async IAsyncEnumerable<Count> CountAsync(Func<Task> passGate)
    {
        yield return new Count(11, 1);
        yield return new Count(11, 3);
        await passGate();
    }

    private sealed record Count(long Input, long Output);

    private sealed class CountReader : IChunkReader<Count>
    {
        public void Read(Count chunk, ref ChunkReading reading)
        {
            reading.Model = "answering-model";
            reading.Update(new LlmUsage(chunk.Input, chunk.Output));
        }
    }
}
