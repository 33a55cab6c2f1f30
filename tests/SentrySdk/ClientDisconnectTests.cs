using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.SentrySdk;

/// <summary>A client that leaves is no error to the SDK either, whatever the app throws for it; all else stays one.</summary>
public sealed partial class ClientDisconnectTests
{
    [Theory]
    [InlineData("waits")]
    [InlineData("wraps")]
    [InlineData("gathers")]
    [InlineData("throws another")]
    public async Task Client_LeavesWhileTheAppWorks_IsNoError(string how)
    {
        var isWaiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await AssertNoErrorAsync(
            async app =>
            {
                using var client = await app.ConnectAsync();
                await client.SendAsync("GET", "/");
                await isWaiting.Task.BoundAsync("the request");
            },
            async context =>
            {
                isWaiting.SetResult();
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
                }
                catch (OperationCanceledException exception) when (how != "waits")
                {
                    throw how switch
                    {
                        "wraps" => new InvalidOperationException("The model did not answer.", exception),
                        "gathers" => new AggregateException(new TimeoutException(), exception),
                        _ => new ObjectDisposedException("the connection"),
                    };
                }
            });
    }

    // As a read of the body says it, before RequestAborted does.
    [Fact]
    public Task Request_FindsItsConnectionBroken_IsNoError() => AssertNoErrorAsync(
        static app => app.GetAsync("/"),
        static _ => throw new ConnectionResetException("The client reset the connection."));

    [Fact]
    public async Task CallByHttpClient_TimesOut_IsAnError()
    {
        await using var silent = await RecordingServer.StartAsync();
        var end = new TaskCompletionSource();
        silent.Answer = _ => end.Task;
        await AssertErrorAsync(async context =>
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromMilliseconds(50) };
            await client.GetStringAsync(silent.Address, context.RequestAborted);
        });
        end.SetResult();
    }

    [Fact]
    public Task Request_TakesLongerThanItsTimeLimit_IsAnErrorWhereTheAppLogsIt() => AssertErrorAsync(
        static async context =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }
            catch (OperationCanceledException exception)
            {
                LogTimeout(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("shop"), exception);
            }
        },
        TimeSpan.FromMilliseconds(100));

    [LoggerMessage(1, LogLevel.Error, "The model took too long.")]
    private static partial void LogTimeout(ILogger logger, Exception exception);

    private static async Task AssertNoErrorAsync(Func<TestApp, Task> leaveAsync, RequestDelegate request)
    {
        await using var ingest = await SentryIngest.StartAsync();
        ingest.IsOfSdk = true;
        await using var app = await StartAsync(ingest, request);

        await leaveAsync(app);
        var transaction = await ingest.NextAsync();
        await app.StopAsync();

        Assert.Equal(("cancelled", "client_disconnected"), (transaction.Status, transaction.Data.Text("llm_tracing.stream.outcome")));
        ingest.AssertNoMoreErrors();
    }

    private static async Task AssertErrorAsync(RequestDelegate request, TimeSpan? timeLimit = null)
    {
        await using var ingest = await SentryIngest.StartAsync();
        ingest.IsOfSdk = true;
        await using var app = await StartAsync(ingest, request, timeLimit);

        await app.GetAsync("/");
        await ingest.NextErrorAsync();
        await app.StopAsync();

        ingest.AssertNoMoreErrors();
    }

    private static Task<TestApp> StartAsync(SentryIngest ingest, RequestDelegate request, TimeSpan? timeLimit = null)
    {
        var backend = new SdkBackend(ingest.Dsn);
        return TestApp.StartAsync(new TestAppSetup
        {
            WebHost = backend.Add,
            Tracing = backend.Add,
            Services = services => services.AddRequestTimeouts(
                options => options.DefaultPolicy = new() { Timeout = timeLimit }),
            Inside = app =>
            {
                app.UseRouting();
                app.UseRequestTimeouts();
                app.Map("/", request);
            },
        });
    }
}
