using System.Net;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.StreamEndings.Soak;

/// <summary>Reads many streams over one HTTP/2 connection, and leaves some by RST_STREAM.</summary>
internal sealed class SoakHttp2Client(Uri server) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { ActivityHeadersPropagator = null })
    {
        BaseAddress = server,
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async Task ReadAsync(SoakPlan plan)
    {
        using var response = await Deadline.BoundAsync("response head", null, token =>
            _client.GetAsync(plan.Target, HttpCompletionOption.ResponseHeadersRead, token));
        using var body = new StreamReader(
            await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var frames = 0;
        while (frames < plan.LeavesAfter
            && await Deadline.BoundAsync("line", null, token => body.ReadLineAsync(token).AsTask()) is { } line)
        {
            frames += line.Length == 0 ? 1 : 0;
        }
    }

    public void Dispose() => _client.Dispose();
}
