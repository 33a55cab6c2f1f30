using System.Net.ServerSentEvents;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Reads a response of server-sent events as a browser would.</summary>
internal static class SseFrames
{
    /// <summary>Every event to the end of the response; comments are skipped, as browsers do.</summary>
    /// <param name="response">Got with <see cref="HttpCompletionOption.ResponseHeadersRead"/>.</param>
    /// <param name="within">The default is <see cref="Deadline.Default"/>.</param>
    public static Task<IReadOnlyList<SseFrame>> ReadAllAsync(HttpResponseMessage response, TimeSpan? within = null) =>
        Deadline.BoundAsync("end of the event stream", within, token => ReadToEndAsync(response, token));

    private static async Task<IReadOnlyList<SseFrame>> ReadToEndAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var frames = new List<SseFrame>();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
        {
            frames.Add(new SseFrame(item.EventType, item.Data));
        }

        return frames;
    }
}
