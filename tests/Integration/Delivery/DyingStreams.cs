using System.Collections.Concurrent;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Delivery;

/// <summary>An app as a process of its own, with open streams, which it takes with it when it dies.</summary>
internal sealed class DyingStreams : IAsyncDisposable
{
    public const int Count = 200;

    // Both chunks of a stream, after the comment with which it begins.
    private static readonly string[] FirstLines = [":", "", "data: a", "", "data: b", ""];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly RunningSample _app;
    private readonly HttpClient _client;

    // A response that nobody holds is collected, and its client has left.
    private readonly ConcurrentBag<StreamReader> _readers = [];

    private DyingStreams(RunningSample app)
    {
        _app = app;
        _client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null })
        {
            BaseAddress = app.Address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Starts the app and opens the streams: that of number n has read n tokens and written 2.</summary>
    public static async Task<DyingStreams> OpenAsync(TempFolder journals, params IEnumerable<string> arguments)
    {
        var streams = new DyingStreams(await RunningSample.StartAsync(SampleProcess.StartInfo(
            "LlmTracing.Tests.DyingApp.dll",
            [
                $"--LlmTracing:JournalDirectory={journals.Path}",

                // On a machine that is busy a part of the default may be too short, and the next start would deliver all again.
                "--LlmTracing:ShutdownTimeout=00:00:10",
                "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information",
                .. arguments,
            ])));
        await Task.WhenAll(Enumerable.Range(1, Count).Select(streams.OpenAsync)).BoundAsync("200 streams", Limit);
        return streams;
    }

    /// <summary>Has the app die, by a request or a signal.</summary>
    /// <returns>Its exit code and what it has written.</returns>
    public async Task<(int ExitCode, string Output, string Error)> DieAsync(string how)
    {
        switch (how)
        {
            case "kill":
                _app.Kill();
                break;
            case "terminate":
                await _app.TerminateAsync();
                break;
            case "interrupt":
                await _app.InterruptAsync();
                break;
            default:
                await Assert.ThrowsAnyAsync<HttpRequestException>(() => _client.GetAsync(
                    new Uri($"/die/{how}", UriKind.Relative), TestContext.Current.CancellationToken)
                    .WaitAsync(Limit, TestContext.Current.CancellationToken));
                break;
        }

        return await _app.WaitForExitAsync(Limit);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    private async Task OpenAsync(int number)
    {
        var token = TestContext.Current.CancellationToken;
        var response = await _client.GetAsync(
            new Uri($"/stream?input={number}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, token);
        var reader = new StreamReader(await response.Content.ReadAsStreamAsync(token));
        _readers.Add(reader);
        foreach (var line in FirstLines)
        {
            Assert.Equal(line, await reader.ReadLineAsync(token));
        }
    }
}
