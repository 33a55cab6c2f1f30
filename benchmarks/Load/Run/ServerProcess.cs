using LlmTracing.Benchmarks.Load.Server;

namespace LlmTracing.Benchmarks.Load.Run;

/// <summary>The process of one variant, and what it says that it has used.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(5);

    private readonly ChildProcess _process;
    private readonly HttpClient _client;

    private ServerProcess(Variant variant, ChildProcess process, Uri address)
    {
        (Variant, _process, Port) = (variant, process, address.Port);
        _client = new HttpClient { BaseAddress = address };
    }

    public Variant Variant { get; }

    public int Port { get; }

    public static async Task<ServerProcess> StartAsync(Variant variant, Uri ingest, string folder)
    {
        var process = ChildProcess.Start(["serve", variant.ToString()], new Dictionary<string, string>
        {
            ["SENTRY_DSN"] = $"http://public@127.0.0.1:{ingest.Port}/1",
            ["LlmTracing__JournalDirectory"] = Path.Combine(folder, "journal"),
            ["Sentry__SpoolDirectory"] = Path.Combine(folder, "spool"),
        });
        return new ServerProcess(variant, process, new Uri(await process.ReadLineAsync()));
    }

    public async Task<ServerUse> UseAsync(bool collects = false) =>
        (await _client.GetFromJsonAsync($"/use?collects={collects}", LoadJson.Default.ServerUse))!;

    /// <summary>Waits until no stream is read any more.</summary>
    public async Task WhenNoneIsOpenAsync()
    {
        using var limit = new CancellationTokenSource(EndLimit);
        while ((await UseAsync()).OpenStreams > 0)
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Streams of {Variant} are still open {EndLimit} after their clients had all of them.");
            }

            await Task.Delay(Moment);
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _process.DisposeAsync();
    }
}
