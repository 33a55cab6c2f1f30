using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Streaming.Sse;

/// <summary>Clients that leave. They run alone: a task's exception that nobody saw belongs to no test.</summary>
[Collection(RunsAlone.Name)]
public sealed class SseDisconnectTests
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<SourceShape, bool, int> EveryDeparture
    {
        get
        {
            var data = new TheoryData<SourceShape, bool, int>();
            foreach (var shape in Enum.GetValues<SourceShape>())
            {
                foreach (var frames in new[] { 0, 2 })
                {
                    data.Add(shape, true, frames);
                    data.Add(shape, false, frames);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryDeparture))]
    public async Task Leave_SourceIsSilent_EndsAtOnceAsClientDisconnected(SourceShape shape, bool byReset, int frames)
    {
        using var unobserved = new UnobservedExceptions();
        var silence = new ScriptGate(frames);
        var source = new ScriptedSource("a", "b", "c") { Gates = [silence] };
        await using var app = await StartAsync(source, shape);
        using var client = await app.ConnectAsync();
        await ReadAsync(client, frames);
        await silence.Reached.BoundAsync("silence");

        Leave(client, byReset);
        var transaction = await app.Sink.NextAsync(within: OneSecond);

        AssertLeft(transaction, chunks: frames);
        if (ScriptedSource.SeesToken(shape))
        {
            await source.TokenCancelled.BoundAsync("cancellation of the source", OneSecond);
        }

        if (!ScriptedSource.HonoursToken(shape))
        {
            // Given up on while it was silent: it is disposed when it answers, and not before.
            Assert.Equal(0, source.Disposals);
            silence.Release();
        }

        await source.Disposed.BoundAsync("disposal of the source");
        await app.StopAsync();
        Assert.Equal((1, 1, false), (source.Enumerations, source.Disposals, source.WasDisposedWhilePulled));
        Assert.Single(app.Sink.Requests);
        AssertNoAlarm(app, unobserved);
    }

    [Theory]
    [InlineData(SourceShape.Iterator, true)]
    [InlineData(SourceShape.Iterator, false)]
    [InlineData(SourceShape.IteratorWithoutToken, true)]
    [InlineData(SourceShape.IteratorWithoutToken, false)]
    [InlineData(SourceShape.IgnoringEnumerator, true)]
    [InlineData(SourceShape.IgnoringEnumerator, false)]
    public async Task Leave_SourceNeverStops_IsStoppedAtItsNextChunk(SourceShape shape, bool byReset)
    {
        using var unobserved = new UnobservedExceptions();
        var source = new ScriptedSource("a") { IsEndless = true };
        await using var app = await StartAsync(source, shape);
        using var client = await app.ConnectAsync();
        await ReadAsync(client, 3);

        Leave(client, byReset);
        var transaction = await app.Sink.NextAsync();
        await app.StopAsync();

        Assert.Equal(StreamOutcome.ClientDisconnected, transaction.Outcome);
        Assert.Equal(StreamOutcome.ClientDisconnected, Assert.Single(transaction.Spans).Outcome);
        Assert.Equal(1, source.Disposals);
        Assert.False(source.WasDisposedWhilePulled);
        AssertNoAlarm(app, unobserved);
    }

    [Theory]
    [InlineData(SourceShape.IteratorWithoutToken)]
    [InlineData(SourceShape.IgnoringEnumerator)]
    public async Task Leave_SourceGivenUpOnThrowsLater_IsLoggedAtDebugOnly(SourceShape shape)
    {
        using var unobserved = new UnobservedExceptions();
        var silence = new ScriptGate(1);
        var source = new ScriptedSource("a")
        {
            Gates = [silence],
            Failure = new InvalidOperationException("Late."),
            FailureAfter = 1,
        };
        await using var app = await StartAsync(source, shape);
        using var client = await app.ConnectAsync();
        await ReadAsync(client, 1);

        client.Abort();
        var transaction = await app.Sink.NextAsync(within: OneSecond);
        silence.Release();
        await source.Disposed.BoundAsync("disposal of the source");
        var log = await app.Logs.WaitForAsync("DetachedSourceFailed");

        AssertLeft(transaction, chunks: 1);
        Assert.Equal(1, source.Disposals);
        Assert.Equal((LogLevel.Debug, "Late."), (log.Level, log.Exception?.Message));
        AssertNoAlarm(app, unobserved);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Leave_ExactlyAtCompletion_IsOneOutcomeOrTheOther(bool byReset)
    {
        using var unobserved = new UnobservedExceptions();
        for (var i = 0; i < 20; i++)
        {
            var last = new ScriptGate(1);
            var source = new ScriptedSource("a") { Gates = [last] };
            await using var app = await StartAsync(source, SourceShape.Iterator);
            using var client = await app.ConnectAsync();
            await ReadAsync(client, 1);
            await last.Reached.BoundAsync("last pull");

            await Task.WhenAll(
                Task.Run(last.Release, Cancellation), Task.Run(() => Leave(client, byReset), Cancellation));
            var transaction = await app.Sink.NextAsync(within: OneSecond);
            await app.StopAsync();

            var span = Assert.Single(Assert.Single(app.Sink.Requests).Spans);
            Assert.True(span.Outcome is StreamOutcome.Completed or StreamOutcome.ClientDisconnected);
            Assert.Equal(span.Outcome, transaction.Outcome);
            Assert.Equal(ActivityStatusCode.Unset, span.Status);
            Assert.Equal(1L, span[LlmTracingAttributes.StreamChunks]);
            Assert.Equal(1, source.Disposals);
            AssertNoAlarm(app, unobserved);
        }
    }

    [Fact]
    public async Task Leave_CancellationCallbackThrows_IsLoggedAndHarmsNothing()
    {
        var silence = new ScriptGate(0);
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", () => Results.TracedSse(Throwing())));
        using var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(Cancellation);
        await silence.Reached.BoundAsync("silence");

        client.Abort();
        var transaction = await app.Sink.NextAsync(within: OneSecond);
        var log = await app.Logs.WaitForAsync("CancellationCallbackFailed");

        Assert.Equal(StreamOutcome.ClientDisconnected, transaction.Outcome);
        Assert.Equal(LogLevel.Warning, log.Level);
        Assert.Equal("Callback.", log.Exception?.InnerException?.Message);
        Assert.Empty(app.Logs.Errors);

        async IAsyncEnumerable<string> Throwing(
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default)
        {
            // Never undone: called after the wait's own callback, inside which the whole request ends.
            _ = token.Register(static () => throw new InvalidOperationException("Callback."));
            await silence.PassAsync(token);
            yield return "never";
        }
    }

    private static Task<TestApp> StartAsync(ScriptedSource source, SourceShape shape) =>
        TestApp.StartAsync(app => app.MapGet("/", () => source.ToResult(shape, new LlmCall("m"))));

    private static async Task ReadAsync(RawHttpClient client, int frames)
    {
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(Cancellation);
        Assert.Equal(":", await client.ReadFrameAsync(Cancellation));
        for (var i = 0; i < frames; i++)
        {
            Assert.StartsWith("data: ", await client.ReadFrameAsync(Cancellation), StringComparison.Ordinal);
        }
    }

    private static void Leave(RawHttpClient client, bool byReset)
    {
        if (byReset)
        {
            client.Abort();
        }
        else
        {
            client.CloseSending();
        }
    }

    private static void AssertLeft(RecordedTransaction transaction, long chunks)
    {
        var span = Assert.Single(transaction.Spans);
        Assert.Equal(StreamOutcome.ClientDisconnected, span.Outcome);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Equal(chunks, span[LlmTracingAttributes.StreamChunks]);
        Assert.Equal(["error"], Assert.IsType<string[]>(span[GenAiAttributes.ResponseFinishReasons]));
        Assert.Null(span[GenAiAttributes.ErrorType]);
        Assert.Null(span.Error);
        Assert.False(span.IsUnfinished);

        Assert.Equal(StreamOutcome.ClientDisconnected, transaction.Outcome);
        Assert.Equal(ActivityStatusCode.Unset, transaction.Root.Status);
        Assert.Null(transaction.Root[GenAiAttributes.ErrorType]);
        Assert.Equal(200, transaction.Root[HttpAttributes.ResponseStatusCode]);
    }

    private static void AssertNoAlarm(TestApp app, UnobservedExceptions unobserved)
    {
        Assert.DoesNotContain(app.Logs.All, static entry => entry.Level >= LogLevel.Warning);
        Assert.Empty(unobserved.Collect());
    }
}
