using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Middleware.Transactions;

public sealed class TransactionFlusherTests
{
    [Fact]
    public async Task StoppedAsync_SinkDelivers_IsFlushedOnceAfterTheLastRequest()
    {
        var gate = new ScriptGate(0);
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", async () =>
        {
            await gate.PassAsync(CancellationToken.None);
            return "fine";
        }));
        var atFlush = 0;
        app.Flush.OnFlush = _ =>
        {
            atFlush = app.Sink.Requests.Count;
            return Task.CompletedTask;
        };
        var request = app.GetAsync("/");
        await gate.Reached.BoundAsync("request");

        var stop = app.StopAsync();
        gate.Release();
        await stop;

        Assert.Equal("fine", await request);
        Assert.Equal((1, 1), (app.Flush.Flushes, atFlush));
        Assert.Empty(app.Logs.Of("FlushFailed"));
    }

    [Fact]
    public async Task StoppedAsync_SinkDoesNotDeliver_IsToldWhenThreeQuartersOfTheTimeAreOver()
    {
        var time = new ManualTimeProvider();
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Services = services => services.AddSingleton<TimeProvider>(time),
            Options = static options => options.ShutdownTimeout = TimeSpan.FromSeconds(5),
        });
        app.Flush.OnFlush = static token => Task.Delay(Timeout.InfiniteTimeSpan, token);

        var stop = app.StopAsync();
        var limit = await time.NextTimerAsync();
        var isStoppedEarly = stop.IsCompleted;
        limit.Fire();
        await stop;

        Assert.False(isStoppedEarly);
        Assert.Equal(TimeSpan.FromSeconds(3.75), limit.Due);
        var failed = Assert.Single(app.Logs.Of("FlushFailed"));
        Assert.Equal((LogLevel.Warning, 101), (failed.Level, failed.Event.Id));
        Assert.Equal(
            $"The transaction sink {typeof(FlushSink)} did not deliver everything before the host stopped. "
            + "LlmTracingOptions.ShutdownTimeout is how long it may take.",
            failed.Message);
    }

    [Fact]
    public async Task StoppedAsync_SinkHearsNothing_IsGivenUpOnAfterTheShutdownTimeout()
    {
        var time = new ManualTimeProvider();
        var never = new TaskCompletionSource();
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Services = services => services.AddSingleton<TimeProvider>(time),
            Options = static options => options.ShutdownTimeout = TimeSpan.FromSeconds(5),
        });
        app.Flush.OnFlush = _ => never.Task;

        var stop = app.StopAsync();
        (await time.NextTimerAsync()).Fire();
        var end = await time.NextTimerAsync();
        var isStoppedEarly = stop.IsCompleted;
        end.Fire();
        await stop;

        Assert.False(isStoppedEarly);
        Assert.Equal(TimeSpan.FromSeconds(5), end.Due);
        Assert.Single(app.Logs.Of("FlushFailed"));
    }
}
