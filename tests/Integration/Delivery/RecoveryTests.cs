using LlmTracing.Tests.Integration.Support;

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

    private static void AssertTerminated(RecordedTransaction transaction)
    {
        var chat = transaction.Single("chat");
        Assert.Equal(2, chat.Usage.OutputTokens);
        Assert.Equal(StreamOutcome.ProcessTerminated, transaction.Outcome);
    }
}
