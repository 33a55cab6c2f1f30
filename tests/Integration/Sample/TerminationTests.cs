using System.Diagnostics;
using System.Text.Json;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Sample;

/// <summary>The sample, a process of its own, told to stop by a signal as orchestrators do.</summary>
/// <remarks>It runs alone: its process has five seconds, and would share the machine with every other test.</remarks>
[Collection(RunsAlone.Name)]
public sealed class TerminationTests(ITestOutputHelper output)
{
    private const int Streams = 500;

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    public async Task Terminate_FiveHundredOpenStreams_AllAreToldAndDeliveredInTime(string providerName)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        await using var ingest = await SentryIngest.StartAsync();
        await using var provider = await ScriptedProvider.StartAsync(providerName);
        provider.Script = new() { Chunks = ["a", "b"], Gate = new ScriptGate(afterChunks: 1) };
        await using var sample = await RunningSample.StartAsync(
            ingest, providerName, provider.BaseUrl, $"--shutdownTimeoutSeconds={ShutdownTimeout.TotalSeconds}");
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null })
        {
            BaseAddress = sample.Address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => OpenAsync(client)))
            .WaitAsync(Limit, Cancellation);

        var clock = Stopwatch.StartNew();
        await sample.TerminateAsync();
        var ends = streams.Select(stream => stream.ReadToEndAsync(Cancellation)).ToList();
        var (exitCode, log, error) = await sample.WaitForExitAsync(ShutdownTimeout);
        output.WriteLine($"{providerName}: {Streams} streams, exit {clock.ElapsedMilliseconds} ms after the signal");

        var farewells = await Task.WhenAll(ends).WaitAsync(Limit, Cancellation);
        var transactions = await ingest.TakeAsync(Streams, Limit);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.All(farewells, AssertFarewell);
        Assert.Equal(
            farewells.Select(TraceIdOf).Order(), transactions.Select(transaction => transaction.TraceId).Order());
        Assert.All(transactions, AssertStopped);
        Assert.Equal(Streams, provider.Requests.Count);
        await Task.WhenAll(provider.Requests.Select(request => request.ClientGone))
            .BoundAsync("end of the provider's connections");
        Assert.DoesNotContain("fail:", log, StringComparison.Ordinal);
        ingest.AssertNoMore();
    }

    private static async Task<StreamReader> OpenAsync(HttpClient client)
    {
        var response = await client.GetAsync(
            new Uri("/chat?message=hello", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        foreach (var line in new[] { ":", "", "event: trace", "data: {", "", "data: a", "" })
        {
            // Of the trace's data the beginning: its id is another for each.
            var read = await reader.ReadLineAsync(Cancellation);
            Assert.Equal(line, line.EndsWith('{') ? read?[..line.Length] : read);
        }

        return reader;
    }

    // To its end: the client's own HTTP throws where a body is cut short.
    private static void AssertFarewell(string farewell) => Assert.Equal(
        "event: error\nretry: 3000\ndata: {\"type\":\"server_stopping\","
        + $"\"message\":\"The server is stopping. Please try again.\",\"traceId\":\"{TraceIdOf(farewell)}\"}}\n\n",
        farewell);

    private static string TraceIdOf(string farewell) =>
        JsonElement.Parse(farewell[farewell.IndexOf('{')..]).GetProperty("traceId").GetString()!;

    private static void AssertStopped(SentryTransaction transaction)
    {
        var chat = transaction.Single("gen_ai.chat");
        Assert.Equal(("aborted", "aborted"), (transaction.Status, chat.Status));
        Assert.Equal("server_stopping", transaction.Data.Text("llm_tracing.stream.outcome"));
        Assert.Equal("server_stopping", chat.Data.Text("llm_tracing.stream.outcome"));
    }
}
