using System.Globalization;

namespace LlmTracing.Benchmarks.Load.Run;

/// <summary>What has come to the ingest.</summary>
internal sealed class Delivery(Uri ingest) : IDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client = new() { BaseAddress = ingest };

    public Uri Ingest => ingest;

    public async Task<int> CountAsync() => int.Parse(await _client.GetStringAsync("/received"), CultureInfo.InvariantCulture);

    public async Task ReachAsync(int count)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (await CountAsync() is var received && received < count)
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"{count - received} of the transactions did not come to the ingest within {Limit}.");
            }

            await Task.Delay(Moment);
        }
    }

    public void Dispose() => _client.Dispose();
}
