using LlmTracing.Tests.Integration.Documents;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.SentrySdk.SideBySide;

/// <summary>The table of docs/sentry-sdk.md: each cell is a run of the app in tests/SentrySdkPeers, a process of its own.</summary>
public sealed class SideBySideTests
{
    private static readonly string[] Peers = ["ByHand", "ExtensionsAi", "Ours"];
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(30);

    public static TheoryData<string, string> Cells => new MatrixTheoryData<string, string>(
        ["break-off", "disconnect", "missing-usage", "running-totals", "parallel", "exit", "killed"], Peers);

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Answer_TracedByAPeer_IsAsTheTableSays(string path, string peer)
    {
        using var journals = new TempFolder();
        await using var received = await Received.StartAsync();

        await using (var app = await StartAsync(peer, received, journals))
        {
            await AskAsync(app, path);
            await app.WaitForExitAsync(ExitLimit);
        }

        if (path == "killed")
        {
            await using var next = await StartAsync(peer, received, journals);
            await next.TerminateAsync();
            await next.WaitForExitAsync(ExitLimit);
        }

        Assert.Equal(CellOf(path, peer), Cell.Of(received));
    }

    // Its end comes after the SDK's own: what the SDK does not take any more is left for the next start.
    [Fact]
    public async Task Stop_RequestNeverEnds_NextStartDeliversIt()
    {
        using var journals = new TempFolder();
        await using var received = await Received.StartAsync();
        await using (var app = await StartAsync("Ours", received, journals, "--shutdownTimeoutSeconds=1", "--LlmTracing:ShutdownTimeout=00:00:01"))
        {
            using var client = new HttpClient { BaseAddress = app.Address };
            using var answer = await client.GetAsync(
                new Uri("/stuck", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            await app.TerminateAsync();
            await app.WaitForExitAsync(ExitLimit);
        }

        await using (var next = await StartAsync("Ours", received, journals))
        {
            await next.TerminateAsync();
            await next.WaitForExitAsync(ExitLimit);
        }

        var transaction = Assert.Single(received.OfType("transaction"));
        Assert.Equal("GET /stuck", transaction.At("transaction").AsText());
        Assert.Equal("aborted", transaction.At("contexts").At("trace").At("status").AsText());
    }

    private static Task<RunningSample> StartAsync(
        string peer, Received received, TempFolder journals, params IEnumerable<string> arguments) =>
        RunningSample.StartAsync(SampleProcess.StartInfo(
            "LlmTracing.Tests.SentrySdkPeers.dll",
            [
                $"--SENTRY_DSN={received.Dsn}",
                $"--Peer={peer}",
                $"--LlmTracing:JournalDirectory={journals.Path}",

                // On a machine that is busy the default may be too short.
                "--LlmTracing:ShutdownTimeout=00:00:10",
                "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information",
                .. arguments,
            ]));

    // Until the app is ending.
    private static async Task AskAsync(RunningSample app, string path)
    {
        using var client = new HttpClient { BaseAddress = app.Address };
        var token = TestContext.Current.CancellationToken;
        var url = new Uri($"/{path}", UriKind.Relative);
        switch (path)
        {
            case "exit":
                await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(url, token));
                return;
            case "killed":
                using (await ReadFirstAsync(client, url, token))
                {
                    app.Kill();
                    return;
                }

            case "disconnect":
                (await ReadFirstAsync(client, url, token)).Dispose();
                await client.GetAsync(new Uri("/when-cut-off", UriKind.Relative), token).BoundAsync("the end of the answer");
                break;
            default:
                await client.GetAsync(url, token);
                break;
        }

        await app.TerminateAsync();
    }

    private static async Task<HttpResponseMessage> ReadFirstAsync(HttpClient client, Uri url, CancellationToken token)
    {
        var answer = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, token);
        var body = await answer.Content.ReadAsStreamAsync(token);
        Assert.NotEqual(0, await body.ReadAsync(new byte[16], token));
        return answer;
    }

    // | `/break-off`: … | by hand | Sentry.Extensions.AI | ours |
    private static string CellOf(string path, string peer)
    {
        var row = RepositoryFile.Read("docs/sentry-sdk.md").Split('\n')
            .Single(line => line.StartsWith($"| `/{path}`", StringComparison.Ordinal));
        return row.Split('|')[2 + Array.IndexOf(Peers, peer)].Trim();
    }
}
