using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;

namespace LlmTracing.Tests.Integration.Middleware.Termination;

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
}
