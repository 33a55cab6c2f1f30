using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Parents;

/// <summary>What belongs to a request that is not recorded stays in its trace, and is recorded no more than it is.</summary>
[Collection(RunsAlone.Name)]
public sealed class NotRecordedTests
{
    /// <summary>Ways to have a span, or none, above a call: each is given the request's span and makes the call once.</summary>
    private static readonly Dictionary<string, Func<Activity, Func<Task>, Task>> Ways = new()
    {
        ["flows along"] = static async (_, call) =>
        {
            using var task = LlmTrace.StartTask("t");
            await call();
        },
        ["task is given it"] = static (request, call) => WithoutFlowAsync(async () =>
        {
            using (LlmTrace.StartTask("t", request))
            {
                await call();
            }

            Assert.Null(Activity.Current);
        }),
        ["chat is given it"] = static (request, call) => WithoutFlowAsync(async () =>
        {
            using var chat = LlmTrace.StartChat(new LlmCall("m") { Parent = request });
            using var tool = LlmTrace.StartTool("search");
            await call();
        }),
        ["run is given it"] = static (request, call) => WithoutFlowAsync(async () =>
        {
            var running = LlmTrace.RunAsync(LlmTrace.StartWorkflow("w", request), async _ =>
            {
                await Task.Yield();
                using (LlmTrace.StartTask("step"))
                {
                    await call();
                }
            });
            Assert.Null(Activity.Current);
            await running;
        }),
        ["stream is given it"] = static (request, call) => WithoutFlowAsync(async () =>
        {
            await foreach (var _ in SourceAsync(call).TraceLlm(new LlmCall("m") { Parent = request }))
            {
                Assert.Null(Activity.Current);
            }
        }),
        ["stream was made in it"] = static (_, call) =>
        {
            var stream = SourceAsync(call).TraceLlm();
            return WithoutFlowAsync(async () => Assert.Equal(1, await stream.CountAsync()));
        },
        ["found by the accessor"] = static async (request, call) =>
        {
            Activity.Current = null;
            using (LlmTrace.StartTask("t"))
            {
                await call();
            }

            Assert.Null(Activity.Current);
            Activity.Current = request;
        },
        ["stream finds it by the accessor"] = static async (request, call) =>
        {
            Activity.Current = null;
            Assert.Equal(1, await SourceAsync(call).TraceLlm().CountAsync());
            Activity.Current = request;
        },
    };

    public static TheoryData<string> Names => [.. Ways.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Call_RequestIsNotSampled_GoesOutInItsTraceAsNotSampled(string way)
    {
        var (request, sent) = await CallAsync(way, static options => options.TracesSampleRate = 0);

        Assert.Equal(request.TraceId.ToHexString(), sent.TraceId);
        Assert.EndsWith("-0", sent.SentryTrace, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Call_RequestIsFilteredOut_GoesOutInItsTraceAsNotSampled(string way)
    {
        var (request, sent) = await CallAsync(way, static options => options.Filter = static _ => false);

        Assert.Equal(request.TraceId.ToHexString(), sent.TraceId);
        Assert.EndsWith("-0", sent.SentryTrace, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_RequestHasEnded_GoesOutInItsTraceAsNotSampled(bool isStream)
    {
        Activity? request = null;
        await using var server = await RecordingServer.StartAsync();
        using var client = new HttpClient();
        await using var app = await StartAsync(static options => options.Filter = static _ => false, () =>
        {
            request = LlmTrace.Transaction;
            return Task.CompletedTask;
        });
        await app.GetAsync("/");
        await app.StopAsync();
        Task SendAsync() => client.GetAsync(server.Address, TestContext.Current.CancellationToken);

        if (isStream)
        {
            var stream = SourceAsync(SendAsync).TraceLlm(new LlmCall("m") { Parent = request });
            Assert.Equal(1, await stream.CountAsync(TestContext.Current.CancellationToken));
        }
        else
        {
            using var task = LlmTrace.StartTask("late", request);
            await SendAsync();
        }

        var sent = Assert.Single(server.Requests);
        Assert.True(request!.IsStopped);
        Assert.Equal(request.TraceId.ToHexString(), sent.TraceId);
        Assert.EndsWith("-0", sent.SentryTrace, StringComparison.Ordinal);
        Assert.Empty(app.Sink.All);
    }

    [Fact]
    public async Task Dispose_WhereTheParentIsCurrentOfItsOwnAccord_LeavesItCurrent()
    {
        await using var app = await StartAsync(static options => options.TracesSampleRate = 0, static async () =>
        {
            var request = LlmTrace.Transaction!;
            LlmSpan? task = null;
            await WithoutFlowAsync(() =>
            {
                task = LlmTrace.StartTask("t", request);
                return Task.CompletedTask;
            });

            task!.Dispose();

            Assert.Same(request, Activity.Current);
        });

        using var response = await app.SendAsync("GET", "/");

        Assert.True(response.IsSuccessStatusCode);
    }

    private static async Task<(Activity Request, RecordedRequest Sent)> CallAsync(
        string way, Action<LlmTracingOptions> options)
    {
        Activity? request = null;
        await using var server = await RecordingServer.StartAsync();
        using var client = new HttpClient();
        await using var app = await StartAsync(options, async () =>
        {
            request = LlmTrace.Transaction;
            await Ways[way](request!, () => client.GetAsync(server.Address, TestContext.Current.CancellationToken));
            Assert.Same(request, Activity.Current);
        });

        using var response = await app.SendAsync("GET", "/");
        await app.StopAsync();

        Assert.True(response.IsSuccessStatusCode);
        Assert.Empty(app.Sink.All);
        Assert.Empty(app.Logs.Of("ParentNotFound"));
        return (request!, Assert.Single(server.Requests));
    }

    private static Task<TestApp> StartAsync(Action<LlmTracingOptions> options, Func<Task> handler) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Options = options,
            Tracing = static tracing => tracing.AddSentryExporter(
                static sentry => sentry.Dsn = "https://key@127.0.0.1:1/1"),
            Inside = app => app.MapGet("/", handler),
        });

    private static async IAsyncEnumerable<int> SourceAsync(Func<Task> call)
    {
        using (LlmTrace.StartTool("search"))
        {
            await call();
        }

        yield return 1;
    }

    private static Task WithoutFlowAsync(Func<Task> work)
    {
        using (ExecutionContext.SuppressFlow())
        {
            return Task.Run(work).BoundAsync("the work's end");
        }
    }
}
