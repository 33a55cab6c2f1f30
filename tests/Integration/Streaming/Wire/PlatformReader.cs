using System.Net.ServerSentEvents;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Streaming.Wire;

/// <summary>Reads with the parser of .NET.</summary>
internal sealed class PlatformReader(HttpClient client) : IEventReader
{
    public Task<IReadOnlyList<ReadEvent>> ReadAsync(Uri url, IEnumerable<string> types) =>
        Deadline.BoundAsync("end of the event stream", null, token => ReadAsync(url, token));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<IReadOnlyList<ReadEvent>> ReadAsync(Uri url, CancellationToken cancellationToken)
    {
        var events = new List<ReadEvent>();
        await using var body = await client.GetStreamAsync(url, cancellationToken);
        var parser = SseParser.Create(body);
        await foreach (var item in parser.EnumerateAsync(cancellationToken))
        {
            events.Add(new ReadEvent(item.EventType, parser.LastEventId, item.Data));
        }

        return events;
    }
}
