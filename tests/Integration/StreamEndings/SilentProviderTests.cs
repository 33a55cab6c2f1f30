using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>Clients that leave while the provider is silent for longer than any test runs, by the real clock.</summary>
[Collection(RunsAlone.Name)]
public sealed class SilentProviderTests
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    public static TheoryData<EndingCell> Departures =>
    [
        .. EndingCell.All.Where(static cell => cell is
        {
            Ending: Ending.ClientCloses or Ending.ClientBreaks,
            Phase: EndingPhase.BeforeFirstChunk or EndingPhase.AfterFirstChunk,
        }),
    ];

    [Theory]
    [MemberData(nameof(Departures))]
    public async Task Leave_ProviderIsSilent_IsNoticedCancelledAndReportedWithinASecond(EndingCell cell)
    {
        var source = new EndingSource(cell);
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Protocols = cell.IsHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1,
            Inside = app => app.MapGet("/", () => source.ToResult(new TracedSseOptions())),
        });
        using var client = cell.IsHttp2
            ? (IEndingClient)new Http2EndingClient(app.BaseUrl)
            : new Http1EndingClient(await app.ConnectAsync());
        try
        {
            await client.SendAsync();
            for (var frames = 0; frames <= cell.ChunksBefore; frames++)
            {
                await client.ReadFrameAsync();
            }

            await source.Gate.Reached.BoundAsync("silence of the provider");

            if (cell.Ending == Ending.ClientCloses)
            {
                client.Close();
            }
            else
            {
                client.Break();
            }

            var transaction = await app.Sink.NextAsync(within: OneSecond);
            if (cell.SourceAnswers)
            {
                await source.Disposed.BoundAsync("end of the provider's answer", OneSecond);
            }

            Assert.Equal(StreamOutcome.ClientDisconnected, transaction.Outcome);
            Assert.Equal(StreamOutcome.ClientDisconnected, Assert.Single(transaction.Spans).Outcome);
            Assert.Empty(app.Logs.Errors);
        }
        finally
        {
            source.EndTest();
        }
    }
}
