using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>HTTP/1.1 over a bare socket: leaves by FIN or by RST.</summary>
internal sealed class Http1EndingClient(RawHttpClient client) : IEndingClient
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task SendAsync()
    {
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(Cancellation);
    }

    public Task<string?> ReadFrameAsync() => client.ReadFrameAsync(Cancellation);

    public void Close() => client.CloseSending();

    public void Break() => client.Abort();

    public void Dispose() => client.Dispose();
}
