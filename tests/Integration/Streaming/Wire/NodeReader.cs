using System.Text.Json;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Streaming.Wire;

/// <summary>Reads with the parser of most JavaScript clients that use no <c>EventSource</c>.</summary>
internal sealed class NodeReader : IEventReader
{
    private readonly NodeScript _script = NodeScript.Start("tests/Integration/Node/read-events.mjs");

    public async Task<IReadOnlyList<ReadEvent>> ReadAsync(Uri url, IEnumerable<string> types) =>
        JsonSerializer.Deserialize<ReadEvent[]>(await _script.AskAsync(url.ToString()), JsonSerializerOptions.Web)!;

    public ValueTask DisposeAsync() => _script.DisposeAsync();
}
