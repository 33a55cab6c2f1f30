using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>
/// Spotlight, Sentry's viewer for development, in a process of its own on loopback: one for the tests of a class, started
/// by the first of them, with the command of <c>samples/spotlight</c>. It answers 200 to whatever it is sent, so that only what is read back from it counts.
/// </summary>
public sealed class Spotlight : IAsyncDisposable
{
    private const string EnvelopeType = "application/x-sentry-envelope";

    // Far more than it takes, for a machine that runs all other tests at the same time.
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(30);

    // Without trace headers, and so without a part in anyone's trace.
    private readonly HttpClient _http = new(new SocketsHttpHandler { ActivityHeadersPropagator = null });

    private NodeScript? _script;
    private int _port;

    internal string Dsn => $"http://{SentryIngest.PublicKey}@127.0.0.1:{_port}/1";

    /// <summary>Gets where envelopes are sent.</summary>
    internal Uri Address => new($"http://127.0.0.1:{_port}");

    /// <summary>Gets where its page is, by the name under which the page itself calls.</summary>
    internal Uri Page => new($"http://localhost:{_port}");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_script is not null)
        {
            await _script.DisposeAsync();
        }
    }

    internal async Task StartAsync()
    {
        if (_port == 0)
        {
            _script ??= NodeScript.Start("samples/spotlight/serve.mjs", "0", "--until-input-ends");
            var answer = await _script.ReadAsync();

            // What Debian 12 has for node is older, and nothing that CI could install.
            Assert.SkipWhen(answer.StartsWith("Spotlight needs node", StringComparison.Ordinal), answer);
            var port = answer[(answer.LastIndexOf(':') + 1)..];
            RealComponent.Require(int.TryParse(port, CultureInfo.InvariantCulture, out _port), answer);
        }
    }

    /// <summary>Posts an envelope by hand; it has been taken or dropped when this is over.</summary>
    internal Task PostAsync(byte[] envelope) => Deadline.BoundAsync("answer of Spotlight", LongestRead, async token =>
    {
        using var content = new ByteArrayContent(envelope);
        content.Headers.ContentType = new MediaTypeHeaderValue(EnvelopeType);
        using var answer = await _http.PostAsync(new Uri(Address, SentryIngest.EnvelopePath), content, token);
        answer.EnsureSuccessStatusCode();
        return true;
    });

    /// <summary>Reads what it shows, from the oldest envelope up to the first that is wanted, which is the last given.</summary>
    internal Task<IReadOnlyList<SentryEnvelope>> ReadToAsync(Predicate<SentryEnvelope> isWanted) =>
        Deadline.BoundAsync("such envelope at Spotlight", LongestRead, async token =>
        {
            // Each reader is given all again, and then waits for more.
            await using var stream = await _http.GetStreamAsync(new Uri(Address, "/stream"), token);
            var read = new List<SentryEnvelope>();
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(token))
            {
                Assert.Equal(EnvelopeType, item.EventType);
                read.Add(ToEnvelope(item.Data));
                if (isWanted(read[^1]))
                {
                    break;
                }
            }

            return (IReadOnlyList<SentryEnvelope>)read;
        });

    // [header, [[item header, payload], …]]
    private static SentryEnvelope ToEnvelope(string json)
    {
        using var document = JsonDocument.Parse(json);
        var envelope = document.RootElement.Clone();
        return new SentryEnvelope(envelope[0], [.. envelope[1].EnumerateArray().Select(static item => new SentryEnvelopeItem(
            item[0].GetProperty("type").GetString()!, item[0].GetProperty("length").GetInt32(), item[0], item[1]))]);
    }
}
