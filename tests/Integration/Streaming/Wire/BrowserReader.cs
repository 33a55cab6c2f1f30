using System.Text.Json;
using LlmTracing.Tests.Integration.Support;
using Microsoft.Playwright;

namespace LlmTracing.Tests.Integration.Streaming.Wire;

/// <summary>Reads with a browser.</summary>
internal sealed class BrowserReader : IEventReader
{
    // An event of the type error is no MessageEvent where the browser itself says that the stream has ended.
    private const string Script = """
        ({ url, types }) => new Promise(resolve => {
          const events = []
          const source = new EventSource(url)
          const add = event => {
            if (event instanceof MessageEvent) {
              events.push({ type: event.type, id: event.lastEventId, data: event.data })
            } else if (event.type === 'error') {
              source.close()
              resolve(JSON.stringify(events))
            }
          }
          new Set([...types, 'error']).forEach(type => source.addEventListener(type, add))
        })
        """;

    private readonly IPage _page;

    private BrowserReader(IPage page) => _page = page;

    public static async Task<IEventReader> OpenAsync(Browser browser, Uri page) =>
        new BrowserReader(await browser.OpenAsync(page));

    public async Task<IReadOnlyList<ReadEvent>> ReadAsync(Uri url, IEnumerable<string> types)
    {
        var json = await Deadline.BoundAsync("end of the event stream", null, token => _page
            .EvaluateAsync<string>(Script, new { url = url.ToString(), types = types.ToArray() }).WaitAsync(token));
        return JsonSerializer.Deserialize<ReadEvent[]>(json, JsonSerializerOptions.Web)!;
    }

    public async ValueTask DisposeAsync() => await _page.CloseAsync();
}
