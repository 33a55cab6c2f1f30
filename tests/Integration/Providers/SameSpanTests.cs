using LlmTracing.Tests.Fixtures;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Providers;

/// <summary>The written streams by two ways, a provider's SDK and a gateway: the spans are the same.</summary>
public sealed class SameSpanTests
{
    public static TheoryData<string, string> Streams => SdkDeviations.Streams;

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task TracedSseProxy_StreamThatAnSdkTakesToo_SpanDiffersOnlyAsIsListed(string sdk, string name)
    {
        await using var server = await FixtureServer.StartAsync(StreamFixture.Named(name));

        var (gateways, sdks) = (await ProxiedAsync(server), await SdkSpans.OfAsync(sdk, server));

        Assert.Equal((gateways.Name, gateways.Kind), (sdks.Name, sdks.Kind));
        // What was said holds why it ended, so that it differs with that, and with nothing else.
        var said = SpanDifferences.Of(gateways, sdks, sdk).ToLookup(static line => IsOf(GenAiAttributes.OutputMessages, line));
        Assert.Equal(SdkDeviations.AttributesOf(sdk, name).Order(), said[false].Order());
        Assert.Equal(
            said[false].Count(static line => IsOf(GenAiAttributes.ResponseFinishReasons, line)), said[true].Count());
    }

    [Fact]
    public void Listed_EachDeviation_IsOfAStreamThatIsThere()
    {
        var streams = Streams.Select(static row => row.Data)
            .Select(static row => (row.Item1, row.Item2[(row.Item2.IndexOf('/', StringComparison.Ordinal) + 1)..]));

        Assert.Empty(SdkDeviations.Listed.Except(streams));
    }

    private static async Task<RecordedSpan> ProxiedAsync(FixtureServer server)
    {
        using var http = new HttpClient { BaseAddress = server.BaseUrl };
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", async (HttpContext context) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            var upstream = await http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            return Results.TracedSseProxy(upstream, server.Call);
        }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();
        return Assert.Single(transaction.Spans, static span => span[GenAiAttributes.OperationName] is "chat");
    }

    private static bool IsOf(string attribute, string line) => line.StartsWith($"{attribute}: ", StringComparison.Ordinal);
}
