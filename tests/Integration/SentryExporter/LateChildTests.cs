using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.SentryExporter;

/// <summary>Children that outlive their request, as Sentry is told of them.</summary>
public sealed class LateChildTests
{
    [Fact]
    public async Task Child_OpenWhenItsRootEnds_ArrivesWholeInTheTransaction()
    {
        await using var ingest = await SentryIngest.StartAsync();
        ingest.SpansMayBeLate = true;
        var gate = new ScriptGate(afterChunks: 0);
        Task? draining = null;
        Activity? root = null;
        var rootEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Microsoft.AspNetCore",
            ActivityStopped = activity => (ReferenceEquals(activity, root) ? rootEnded : new()).TrySetResult(),
        };
        ActivitySource.AddActivityListener(listener);
        await using var app = await StartAsync(ingest, TimeProvider.System, () =>
        {
            root = LlmTrace.Transaction;
            draining = DrainAsync(gate);
        });

        // The response can be read before the request's span has ended.
        await app.GetAsync("/");
        await gate.Reached.BoundAsync("the drain");
        await rootEnded.Task.BoundAsync("end of the request's span");
        gate.Release();
        await draining!.BoundAsync("the drain's end");
        var transaction = await ingest.NextAsync();

        var (drain, tool) = (transaction.Single("task"), transaction.Single("gen_ai.execute_tool"));
        Assert.Equal(("ok", transaction.SpanId), (drain.Status, drain.ParentSpanId));
        Assert.Equal(("ok", drain.SpanId), (tool.Status, tool.ParentSpanId));
        Assert.True(drain.End >= transaction.End);
    }

    [Fact]
    public async Task Child_OpenAtTheLimit_ArrivesAsDeadlineExceededAndWhatStartsBeneathItLaterOnItsOwn()
    {
        await using var ingest = await SentryIngest.StartAsync();
        var time = new ManualTimeProvider();
        var gate = new ScriptGate(afterChunks: 0);
        Task? draining = null;
        await using var app = await StartAsync(ingest, time, () => draining = DrainAsync(gate));

        await app.GetAsync("/");
        await gate.Reached.BoundAsync("the drain");
        await FireChildLimitAsync(time);
        var transaction = await ingest.NextAsync();
        gate.Release();
        await draining!.BoundAsync("the drain's end");
        var late = await ingest.NextAsync();
        await app.StopAsync();

        var drain = Assert.Single(transaction.Spans);
        Assert.Equal(("weigh the answer", "deadline_exceeded"), (drain.Description, drain.Status));
        Assert.Equal("ok", transaction.Status);
        Assert.Equal(("execute_tool search", transaction.TraceId), (late.Name, late.TraceId));
        Assert.Equal(drain.SpanId, late.ParentSpanId);
        ingest.AssertNoMore();
    }

    // The exporter has timers of its own.
    private static async Task FireChildLimitAsync(ManualTimeProvider time)
    {
        ManualTimer timer;
        do
        {
            timer = await time.NextTimerAsync();
        }
        while (timer.Due != new LlmTracingOptions().ChildLimit);
        timer.Fire();
    }

    private static async Task DrainAsync(ScriptGate gate)
    {
        using var drain = LlmTrace.StartTask("weigh the answer");
        await gate.PassAsync(TestContext.Current.CancellationToken);
        LlmTrace.StartTool("search").Dispose();
    }

    private static Task<TestApp> StartAsync(SentryIngest ingest, TimeProvider time, Action request) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Services = services => services.AddSingleton(time),
            Tracing = tracing => tracing.AddSentryExporter(options => options.Dsn = ingest.Dsn),
            Inside = app => app.MapGet("/", request),
        });
}
