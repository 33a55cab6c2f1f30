using LlmTracing.Middleware.Journal;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmTracing.Tests.Integration.Middleware.Termination;

[Collection(RunsAlone.Name)]
public sealed class ProcessEndTests
{
    [Fact]
    public async Task Dispose_HostWasNotStopped_DeliversWhatIsOpen()
    {
        using var journals = new TempFolder();
        var gate = new ScriptGate(0);
        var app = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.JournalDirectory = journals.Path,
            Inside = app => app.MapGet("/", () => LlmTrace.RunAsync(
                LlmTrace.StartTask("wait"), _ => gate.PassAsync(CancellationToken.None))),
        });
        var request = app.GetAsync("/");
        await gate.Reached.BoundAsync("request");

        await app.DisposeAsync();
        gate.Release();

        var transaction = Assert.Single(app.Sink.Requests);
        Assert.Equal(StreamOutcome.ProcessTerminated, transaction.Outcome);
        Assert.Equal(StreamOutcome.ProcessTerminated, transaction.SingleNamed("wait").Outcome);
        Assert.Equal(1, app.Flush.Flushes);
        Assert.Empty(journals.Files);
        await Assert.ThrowsAnyAsync<Exception>(() => request);
    }

    [Fact]
    public async Task Dispose_HostWasStopped_FlushesNotAgain()
    {
        var app = await TestApp.StartAsync(static app => app.MapGet("/", static () => "fine"));
        await app.GetAsync("/");

        await app.StopAsync();
        await app.DisposeAsync();

        Assert.Equal(1, app.Flush.Flushes);
        Assert.Null(Assert.Single(app.Sink.Requests).Outcome);
    }

    [Fact]
    public async Task Dispose_TheOnlySinkHangsInAccept_StaysInTheJournal()
    {
        using var journals = new TempFolder();
        using var sink = new HangingSink();
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddLlmTracing(options =>
            (options.JournalDirectory, options.ShutdownTimeout) = (journals.Path, TimeSpan.FromMilliseconds(50)));
        builder.Services.AddSingleton<ITransactionSink>(sink);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var span = LlmTrace.StartWorkflow("nightly");

        host.Dispose();

        using var journal = File.OpenRead(Assert.Single(journals.Files));
        Assert.Contains(JournalContents.Read(journal).Records, record => record.TraceId == span.Activity!.TraceId);
    }

    private sealed class HangingSink : ITransactionSink, IDisposable
    {
        private readonly ManualResetEventSlim _end = new();

        public void Accept(FinishedTransaction transaction) => _end.Wait();

        public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public void Dispose() => _end.Set();
    }

    [Fact]
    public async Task Dispose_SinkDoesNotBringItToSafety_TheNextStartDeliversIt()
    {
        using var journals = new TempFolder();
        var (gate, never) = (new ScriptGate(0), new TaskCompletionSource());
        var app = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options => (options.JournalDirectory, options.ShutdownTimeout) = (journals.Path, TimeSpan.FromMilliseconds(50)),
            Inside = app => app.MapGet("/wait", () => gate.PassAsync(CancellationToken.None)),
        });
        app.Flush.OnFlush = _ => never.Task;
        var request = app.GetAsync("/wait");
        await gate.Reached.BoundAsync("request");

        await app.DisposeAsync();
        gate.Release();
        await Assert.ThrowsAnyAsync<Exception>(() => request);
        Assert.Single(journals.Files);
        await using var next = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.JournalDirectory = journals.Path,
        });
        var recovered = await next.Sink.NextAsync();
        await next.StopAsync();

        var first = Assert.Single(app.Sink.Requests);
        Assert.Equal((first.TraceId, first.Root.SpanId), (recovered.TraceId, recovered.Root.SpanId));
        Assert.Single(next.Sink.All);
    }
}
