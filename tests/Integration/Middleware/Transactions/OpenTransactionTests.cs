using System.Diagnostics;
using LlmTracing.Middleware.Journal;
using LlmTracing.Middleware.Transactions;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Middleware.Transactions;

[Collection(RunsAlone.Name)]
public sealed class OpenTransactionTests
{
    [Fact]
    public async Task OnStopped_ChildStillOpen_TransactionWaitsForIt()
    {
        var time = new ManualTimeProvider();
        LlmSpan? child = null;
        await using var app = await StartAsync(time, () => child = LlmTrace.StartTool("late"));

        await app.GetAsync("/");
        var limit = await time.NextTimerAsync();
        var early = app.Sink.Requests;
        child!.Dispose();
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(TimeSpan.FromSeconds(30), limit.Due);
        Assert.Empty(early);
        Assert.True(limit.IsDisposed);
        Assert.False(Assert.Single(transaction.Spans).IsUnfinished);
        Assert.True(transaction.Spans[0].End >= transaction.Root.End);
    }

    [Fact]
    public async Task OnStopped_SpanThatIsToldOfTwice_TransactionWaitsForItsRoot()
    {
        await using var app = await StartAsync(new ManualTimeProvider(), static () => { });
        using var root = new Activity("root").Start();
        using var child = new Activity("child").Start();
        var entries = new TransactionEntries(journal: null, TimeProvider.System);
        var transaction = new OpenTransaction(root, false, app.Services.GetRequiredService<TransactionCollector>(), entries);
        Assert.True(transaction.TryAdd(child));

        // As where two threads stop it at once: Activity.Stop tells of it twice then.
        child.Stop();
        transaction.OnStopped(child);
        transaction.OnStopped(child);
        var early = app.Sink.Of(root.TraceId);
        root.Stop();
        transaction.OnStopped(root);

        Assert.Empty(early);
        Assert.False(Assert.Single(app.Sink.Of(root.TraceId)).Root.IsUnfinished);
    }

    [Fact]
    public async Task GiveUpWaiting_ChildOpenAtTheLimit_GoesAsUnfinished()
    {
        var time = new ManualTimeProvider();
        LlmSpan? child = null;
        await using var app = await StartAsync(time, () => child = LlmTrace.StartTool("late"));

        await app.GetAsync("/");
        (await time.NextTimerAsync()).Fire();
        var transaction = await app.Sink.NextAsync();
        child!.Dispose();
        await app.StopAsync();

        var span = Assert.Single(transaction.Spans);
        Assert.True(span.IsUnfinished);
        Assert.Equal(time.Now, span.End);
        Assert.Equal(transaction.Root.SpanId, span.ParentSpanId);
        Assert.False(transaction.Root.IsUnfinished);
        Assert.Single(app.Sink.Of(transaction.TraceId));
    }

    [Fact]
    public async Task GiveUpWaiting_LimitFiresAgain_OneTransaction()
    {
        var time = new ManualTimeProvider();
        await using var app = await StartAsync(time, () => LlmTrace.StartTool("late"));

        await app.GetAsync("/");
        var limit = await time.NextTimerAsync();
        limit.Fire();
        limit.Fire();
        await app.StopAsync();

        Assert.Single(app.Sink.Requests);
    }

    [Fact]
    public async Task Stop_TransactionStillWaits_GoesBeforeTheFlush()
    {
        var time = new ManualTimeProvider();
        LlmSpan? child = null;
        await using var app = await StartAsync(time, () => child = LlmTrace.StartTool("late"));
        var atFlush = 0;
        app.Flush.OnFlush = _ =>
        {
            atFlush = app.Sink.Requests.Count;
            return Task.CompletedTask;
        };

        await app.GetAsync("/");
        await time.NextTimerAsync();
        var stop = app.StopAsync();
        var limit = await time.NextTimerAsync();
        var wait = await time.NextTimerAsync();
        wait.Fire();
        await stop;
        child!.Dispose();

        Assert.Equal((TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(1)), (limit.Due, wait.Due));
        Assert.Equal(1, atFlush);
        Assert.True(Assert.Single(Assert.Single(app.Sink.Requests).Spans).IsUnfinished);
    }

    [Fact]
    public async Task TryAdd_SpanBeganAfterItsTransactionHasGone_IsATransactionOfItsOwnInTheTrace()
    {
        Activity? request = null;
        await using var app = await StartAsync(new ManualTimeProvider(), () => request = Activity.Current);
        await app.GetAsync("/");
        var first = await app.Sink.NextAsync();

        LlmTrace.StartTool("afterwards", parent: request).Dispose();
        var second = await app.Sink.NextAsync(first.TraceId);
        await app.StopAsync();

        Assert.Equal("execute_tool afterwards", second.Root.Name);
        Assert.Equal(first.Root.SpanId, second.Root.ParentSpanId);
        Assert.Empty(second.Spans);
        Assert.Equal([first, second], app.Sink.Of(first.TraceId));
    }

    [Fact]
    public async Task TryAdd_SpanBeganBeneathAnUnfinishedOne_IsATransactionOfItsOwnInTheTrace()
    {
        var time = new ManualTimeProvider();
        LlmSpan? child = null;
        await using var app = await StartAsync(time, () => child = LlmTrace.StartTool("late"));
        await app.GetAsync("/");
        (await time.NextTimerAsync()).Fire();
        var first = await app.Sink.NextAsync();

        using (LlmTrace.StartTool("afterwards", parent: child!.Activity))
        {
            LlmTrace.StartTool("beneath").Dispose();
        }

        var second = await app.Sink.NextAsync(first.TraceId);
        child.Dispose();
        await app.StopAsync();

        Assert.Equal("execute_tool afterwards", second.Root.Name);
        Assert.Equal(child.Activity!.SpanId, second.Root.ParentSpanId);
        Assert.Equal("execute_tool beneath", Assert.Single(second.Spans).Name);
        Assert.Equal([first, second], app.Sink.Of(first.TraceId));
    }

    [Fact]
    public async Task TryAdd_MoreThan1000Spans_RestIsDroppedAndCounted()
    {
        await using var app = await StartAsync(new ManualTimeProvider(), static () =>
        {
            for (var i = 0; i < 1005; i++)
            {
                LlmTrace.StartTool($"number {i}").Dispose();
            }
        });

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(5, transaction.DroppedSpans);
        Assert.Equal(5, transaction.Root[LlmTracingAttributes.DroppedSpans]);
        Assert.Equal(
            Enumerable.Range(0, 1000).Select(static i => $"execute_tool number {i}").Order(),
            transaction.Spans.Select(span => span.Name).Order());
    }

    [Fact]
    public async Task OnStopped_DroppedSpanStillOpen_IsNotWaitedFor()
    {
        LlmSpan? dropped = null;
        await using var app = await StartAsync(new ManualTimeProvider(), () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                LlmTrace.StartTool("kept").Dispose();
            }

            dropped = LlmTrace.StartTool("dropped");
        });

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();
        dropped!.Dispose();

        Assert.Equal((1000, 1), (transaction.Spans.Count, transaction.DroppedSpans));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OnStopped_SpanBeganBeforeTheRequestWasAdopted_TransactionWaitsForItsRoot(bool endsInTheMiddle)
    {
        LlmSpan? outer = null;
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Services = static services => services.AddSingleton<TimeProvider>(new ManualTimeProvider()),
            Outside = app => app.Use(async (_, next) =>
            {
                using (outer = LlmTrace.StartTask("outer"))
                {
                    await next();
                }
            }),
            Inside = app => app.MapGet("/", () =>
            {
                if (endsInTheMiddle)
                {
                    outer!.Dispose();
                }

                LlmTrace.StartTask("first").Dispose();
                LlmTrace.StartTask("second").Dispose();
            }),
        });

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();
        await app.StopAsync();

        Assert.False(transaction.Root.IsUnfinished);
        Assert.Equal(["first", "second"], transaction.Spans.Select(static span => span.Name));
        Assert.All(transaction.Spans, span => Assert.Equal(transaction.Root.SpanId, span.ParentSpanId));
        Assert.Single(app.Sink.Of(transaction.TraceId));
    }

    private static Task<TestApp> StartAsync(ManualTimeProvider time, Action handler) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Services = services => services.AddSingleton<TimeProvider>(time),
            Inside = app => app.MapGet("/", handler),
        });
}
