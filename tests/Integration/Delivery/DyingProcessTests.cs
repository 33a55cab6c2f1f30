using LlmTracing.Tests.Integration.Support;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Delivery;

/// <summary>Deaths that a process sees coming: it delivers what is open itself, and nothing is left for the next.</summary>
[Collection(RunsAlone.Name)]
public sealed class DyingProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("exit", 1, "process_terminated", null)]
    [InlineData("exit-in-lock", 1, "process_terminated", null)]
    [InlineData("crash", 1, "process_terminated", "System.InvalidOperationException")]
    [InlineData("crash-in-finalizer", 1, "process_terminated", "System.InvalidOperationException")]
    [InlineData("terminate", 0, "server_stopping", "server_stopping")]
    [InlineData("interrupt", 0, "server_stopping", "server_stopping")]
    public async Task Die_TwoHundredOpenStreams_AreDeliveredOnce(
        string how, int requestsToDie, string outcome, string? error)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var journals = new TempFolder();
        await using var ingest = await SentryIngest.StartAsync();
        await using (var streams = await DyingStreams.OpenAsync(journals, $"--SENTRY_DSN={ingest.Dsn}"))
        {
            await streams.DieAsync(how);
        }

        var transactions = await ingest.TakeAsync(DyingStreams.Count + requestsToDie, Limit);
        await using var next = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.JournalDirectory = journals.Path,
        });
        await next.StopAsync();

        ingest.AssertNoMore();
        Assert.Empty(next.Sink.All);
        if (outcome == "process_terminated" && error is not null)
        {
            await AssertReportedOnceAsync(ingest, error);
        }

        ingest.AssertNoMoreErrors();
        var requests = transactions.Where(static one => one.Name == "GET /stream").ToList();
        Assert.Equal(
            Enumerable.Range(1, DyingStreams.Count).Select(static number => (long?)number),
            requests.Select(static one => one.Single("gen_ai.chat").Data.Count("gen_ai.usage.input_tokens")).Order());
        Assert.All(requests, transaction =>
        {
            var chat = transaction.Single("gen_ai.chat");
            Assert.Equal(("aborted", "aborted"), (transaction.Status, chat.Status));
            Assert.Equal(2, chat.Data.Count("gen_ai.usage.output_tokens"));
            Assert.Equal("partial", chat.Data.Text("llm_tracing.usage.source"));
            Assert.Equal(outcome, transaction.Data.Text("llm_tracing.stream.outcome"));
            Assert.Equal(outcome, chat.Data.Text("llm_tracing.stream.outcome"));
            Assert.Equal(2, transaction.Data.Count("llm_tracing.usage.output_tokens"));
            Assert.Equal(error, transaction.Data.Text("error.type"));
        });
    }

    [Theory]
    [InlineData("exit")]
    [InlineData("crash")]
    public async Task Die_IngestNeverAnswers_TheNextStartDeliversAllOnce(string how)
    {
        using var journals = new TempFolder();
        using var spool = new TempFolder();
        int port;
        await using (var silent = new RawIngest(static (_, stopping) => Task.Delay(Timeout.InfiniteTimeSpan, stopping)))
        {
            port = silent.Port;
            await using var streams = await DyingStreams.OpenAsync(
                journals,
                $"--SENTRY_DSN=http://{SentryIngest.PublicKey}@127.0.0.1:{port}/1",
                $"--Sentry:SpoolDirectory={spool.Path}");
            await streams.DieAsync(how);
            Assert.True(silent.Connections > 0);
        }

        await using var ingest = await SentryIngest.StartAsync(port);
        await using var next = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.JournalDirectory = journals.Path,
            Tracing = tracing => tracing.AddSentryExporter(options =>
                (options.Dsn, options.SpoolDirectory) = (ingest.Dsn, spool.Path)),
        });
        var arrived = await ingest.TakeAsync(DyingStreams.Count + 1, TimeSpan.FromSeconds(60));
        await next.StopAsync();

        ingest.AssertNoMore();
        Assert.Equal(arrived.Count, arrived.DistinctBy(static one => (one.TraceId, one.SpanId)).Count());
        Assert.Empty(next.Sink.All);
    }

    [Fact]
    public async Task Die_TwoHosts_DeliverAtTheSameTime()
    {
        using var journals = new TempFolder();
        await using var streams = await DyingStreams.OpenAsync(journals, "--SecondHost=true");

        var (_, output, _) = await streams.DieAsync("exit");

        Assert.Equal(2, output.Split('\n').Count(static line => line.Trim() == "met"));
    }

    // It is the death of all, and one exception.
    private static async Task AssertReportedOnceAsync(SentryIngest ingest, string type)
    {
        var exception = (await ingest.NextErrorAsync()).GetProperty("exception").GetProperty("values")[0];
        Assert.Equal(type, exception.GetProperty("type").GetString());
        Assert.False(exception.GetProperty("mechanism").GetProperty("handled").GetBoolean());
        Assert.Contains(
            "Death",
            exception.GetProperty("stacktrace").GetProperty("frames").EnumerateArray().Last().GetProperty("module").GetString(),
            StringComparison.Ordinal);
    }
}
