using System.Text.Json;
using LlmTracing.Tests.Integration.Backends;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sdk = Sentry.SentrySdk;

namespace LlmTracing.Tests.SentrySdk;

/// <summary>What the SDK captures in a request belongs to that request's trace, beneath the span that failed.</summary>
public sealed partial class ErrorTraceTests
{
    [Fact]
    public async Task Stream_ProviderFails_ErrorIsBeneathTheCall()
    {
        var (transaction, error) = await FailAsync(static () => Results.TracedSse(FailingAsync(), new LlmCall("m") { Provider = "p" }));

        Assert.Equal((transaction.TraceId, transaction.Single("gen_ai.chat").SpanId), TraceOf(error));
    }

    [Fact]
    public async Task Request_Throws_ErrorIsBeneathTheRequest()
    {
        var (transaction, error) = await FailAsync(static string () => throw new InvalidOperationException("It failed."));

        Assert.Equal((transaction.TraceId, transaction.SpanId), TraceOf(error));
    }

    [Fact]
    public async Task Step_ThrowsOnToTheServer_ErrorIsBeneathTheInnermostThatFailed()
    {
        var (transaction, error) = await FailAsync(static () => LlmTrace.RunAsync(
            LlmTrace.StartWorkflow("outer"),
            static Task (_) => LlmTrace.RunAsync(
                LlmTrace.StartTask("inner"), static Task (_) => throw new InvalidOperationException("It failed."))));

        Assert.Equal((transaction.TraceId, transaction.Single("task").SpanId), TraceOf(error));
    }

    [Fact]
    public async Task Log_OfAnErrorInAStep_IsBeneathThatStep()
    {
        var (transaction, error) = await FailAsync(static (ILoggerFactory loggers) =>
        {
            using var step = LlmTrace.StartTask("step");
            LogFailure(loggers.CreateLogger("shop"), new InvalidOperationException("It failed."));
        });

        Assert.Equal((transaction.TraceId, transaction.Single("task").SpanId), TraceOf(error));
    }

    [Fact]
    public async Task Stream_ProviderIsSilentForTooLong_ErrorIsBeneathTheCall()
    {
        var (transaction, error) = await FailAsync(static () => Results.TracedSse(
            SilentAsync(), new LlmCall("m") { Provider = "p" }, new TracedSseOptions { StallTimeout = TimeSpan.FromMilliseconds(50) }));

        Assert.Equal((transaction.TraceId, transaction.Single("gen_ai.chat").SpanId), TraceOf(error));
    }

    [Fact]
    public async Task Error_BeneathASpan_NamesItsParent()
    {
        var (transaction, error) = await FailAsync(static () => LlmTrace.RunAsync(
            LlmTrace.StartTask("step"), static Task (_) => throw new InvalidOperationException("It failed.")));

        Assert.Equal(transaction.SpanId, error.At("contexts").At("trace").At("parent_span_id").AsText());
    }

    [Fact]
    public async Task Work_OutlivesItsRequest_ErrorIsBeneathTheRequest()
    {
        var hasEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var ingest = await SentryIngest.StartAsync();
        ingest.IsOfSdk = true;
        await using var app = await BackendCases.StartAsync(new SdkBackend(ingest.Dsn), () =>
        {
            _ = Task.Run(async () =>
            {
                await hasEnded.Task;
                Sdk.CaptureException(new InvalidOperationException("It failed later."));
            });
            return "ok";
        });

        await app.GetAsync("/");
        var transaction = await ingest.NextAsync();
        hasEnded.SetResult();

        Assert.Equal((transaction.TraceId, transaction.SpanId), TraceOf(await ingest.NextErrorAsync()));
    }

    // As by a Lazy<Task> that every request awaits.
    [Fact]
    public async Task Exception_ThrownAgainInAnotherRequest_ErrorIsOfThatOne()
    {
        var requests = 0;
        var kept = Task.FromException(new InvalidOperationException("It failed at the start."));
        await using var ingest = await SentryIngest.StartAsync();
        ingest.IsOfSdk = true;
        await using var app = await BackendCases.StartAsync(new SdkBackend(ingest.Dsn), async () =>
        {
            try
            {
                // The second outside of any step, where nothing tells of it again.
                await (++requests == 2 ? kept : LlmTrace.RunAsync(LlmTrace.StartTask("step"), _ => kept));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException("This request failed.", exception);
            }
        });

        for (var i = 0; i < 3; i++)
        {
            await app.GetAsync("/");
            var (transaction, error) = (await ingest.NextAsync(), await ingest.NextErrorAsync());
            Assert.Equal((transaction.TraceId, i == 1 ? transaction.SpanId : transaction.Single("task").SpanId), TraceOf(error));
        }
    }

    [LoggerMessage(1, LogLevel.Error, "It failed, and was handled.")]
    private static partial void LogFailure(ILogger logger, Exception exception);

    private static (string? TraceId, string? SpanId) TraceOf(JsonElement error)
    {
        var trace = error.At("contexts").At("trace");
        return (trace.At("trace_id").AsText(), trace.At("span_id").AsText());
    }

    private static async Task<(SentryTransaction Transaction, JsonElement Error)> FailAsync(Delegate request)
    {
        await using var ingest = await SentryIngest.StartAsync();
        ingest.IsOfSdk = true;
        await using var app = await BackendCases.StartAsync(new SdkBackend(ingest.Dsn), request);
        await app.GetAsync("/");
        var (transaction, error) = (await ingest.NextAsync(), await ingest.NextErrorAsync());
        await app.StopAsync();
        ingest.AssertNoMore();
        ingest.AssertNoMoreErrors();
        return (transaction, error);
    }

    private static async IAsyncEnumerable<string> SilentAsync()
    {
        yield return "a";
        await new TaskCompletionSource().Task;
    }

    private static async IAsyncEnumerable<string> FailingAsync()
    {
        yield return "a";
        await Task.Yield();
        throw new InvalidOperationException("The provider failed.");
    }
}
