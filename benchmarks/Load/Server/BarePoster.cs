using System.Threading.Channels;

namespace LlmTracing.Benchmarks.Load.Server;

/// <summary>Posts as many bytes for each response as the exporter does, and knows nothing of what they are.</summary>
internal sealed class BarePoster
{
    // As the exporter's own: SentryExporterOptions.Senders.
    private const int Workers = 16;

    // What the ingest was sent by Sampled: 2,199 to 2,204 bytes, not compressed.
    private static readonly byte[] Envelope = new byte[2200];

    private static readonly HttpClient Client = new(new SocketsHttpHandler { ActivityHeadersPropagator = null });

    private readonly Channel<Uri> _due = Channel.CreateUnbounded<Uri>();
    private readonly Uri _ingest;

    public BarePoster(Uri ingest)
    {
        _ingest = ingest;
        for (var i = 0; i < Workers; i++)
        {
            _ = Task.Run(PostAllAsync);
        }
    }

    /// <summary>Has it posted soon: the request does not wait.</summary>
    public void Post() => _due.Writer.TryWrite(_ingest);

    private async Task PostAllAsync()
    {
        await foreach (var address in _due.Reader.ReadAllAsync())
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(Envelope) };
            using var answer = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }
    }
}
