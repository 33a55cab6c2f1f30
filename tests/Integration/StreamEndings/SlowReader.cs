using System.Threading.Channels;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>A client that reads one byte a second.</summary>
internal sealed class SlowReader : IAsyncDisposable
{
    private readonly Channel<bool> _bytes = Channel.CreateUnbounded<bool>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Stream _body;
    private readonly Task _reading;

    private SlowReader(Stream body) => (_body, _reading) = (body, ReadAsync(body));

    public static async Task<SlowReader> OpenAsync(HttpClient client, string target)
    {
        var response = await Deadline.BoundAsync(
            "response head", null, token => client.GetAsync(target, HttpCompletionOption.ResponseHeadersRead, token));
        return new SlowReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Waits for the next byte.</summary>
    public Task NextByteAsync() =>
        Deadline.BoundAsync("byte", null, token => _bytes.Reader.ReadAsync(token).AsTask());

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _body.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ReadAsync(Stream body)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var one = new byte[1];
        while (await pace.WaitForNextTickAsync(_stop.Token))
        {
            await body.ReadExactlyAsync(one, _stop.Token);
            _bytes.Writer.TryWrite(true);
        }
    }
}
