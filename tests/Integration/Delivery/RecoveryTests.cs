using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Delivery;

/// <summary>Deaths of which a process hears nothing: the next start delivers what was open.</summary>
[Collection(RunsAlone.Name)]
public sealed class RecoveryTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("kill", 0)]
    [InlineData("fail-fast", 1)]
    [InlineData("stack-overflow", 1)]
    [InlineData("exit-in-finalizer", 1)]
    [InlineData("interrupt", 0, "--Lifetime=none")]
    public async Task Start_AfterADeathUnheard_DeliversEveryOpenStreamWithItsTokens(
        string how, int requestsToDie, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && how == "interrupt", "Windows has no signals.");
        using var journals = new TempFolder();
        await using (var streams = await DyingStreams.OpenAsync(journals, arguments))
        {
            await streams.DieAsync(how);
        }

        await using var next = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.JournalDirectory = journals.Path,
        });
        await next.Sink.TakeAsync(DyingStreams.Count + requestsToDie, Limit);
        var recovered = await next.Logs.WaitForAsync("TransactionsRecovered");
        await next.StopAsync();

        Assert.Equal(DyingStreams.Count + requestsToDie, next.Sink.All.Count);
        Assert.StartsWith($"{DyingStreams.Count + requestsToDie} transactions", recovered.Message, StringComparison.Ordinal);
        var requests = next.Sink.All.Where(static one => one.Name == "GET /stream").ToList();
        Assert.Equal(
            Enumerable.Range(1, DyingStreams.Count).Select(static number => (long?)number),
            requests.Select(static one => one.Single("chat").Usage.InputTokens).Order());
        Assert.All(requests, AssertTerminated);
    }

    [Fact]
    public async Task Start_NewerRelease_WhatIsRecoveredIsOfTheReleaseThatDied()
    {
        using var journals = new TempFolder();
        await using (var streams = await DyingStreams.OpenAsync(
            journals, "--SENTRY_RELEASE=old@1", "--SENTRY_ENVIRONMENT=olden"))
        {
            await streams.DieAsync("kill");
        }

        await using var ingest = await SentryIngest.StartAsync();
        await using var next = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.JournalDirectory = journals.Path,
            Tracing = tracing => tracing.AddSentryExporter(options =>
                (options.Dsn, options.SpoolDirectory, options.Release) = (ingest.Dsn, "", "new@2")),
            Inside = static app => app.MapGet("/", static () => "fine"),
        });
        var recovered = await ingest.TakeAsync(DyingStreams.Count, Limit);
        await next.GetAsync("/");
        var own = await ingest.NextAsync();
        await next.StopAsync();

        Assert.All(recovered, static transaction =>
        {
            Assert.Null(transaction.ParentSpanId);
            Assert.Equal(("old@1", "olden"), (TextOf(transaction, "release"), TextOf(transaction, "environment")));
            Assert.Equal(("old@1", "olden"), (transaction.Dsc["release"], transaction.Dsc["environment"]));
        });
        Assert.Equal(("new@2", "production"), (TextOf(own, "release"), TextOf(own, "environment")));
    }

    private static string? TextOf(SentryTransaction transaction, string field) =>
        transaction.Json.GetProperty(field).GetString();

    private static void AssertTerminated(RecordedTransaction transaction)
    {
        var chat = transaction.Single("chat");
        Assert.Equal(2, chat.Usage.OutputTokens);
        Assert.Equal(StreamOutcome.ProcessTerminated, transaction.Outcome);
    }
}
