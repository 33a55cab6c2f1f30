using LlmTracing.Tests.Fixtures;

namespace LlmTracing.Tests.Integration.Providers;

/// <summary>The written streams, served to the providers' own SDKs: the spans say what was written down.</summary>
public sealed class FixtureSdkTests
{
    public static TheoryData<string, string> Streams => SdkDeviations.Streams;

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task TracedSse_StreamBySdk_SpanIsAsWrittenDown(string sdk, string name)
    {
        var fixture = StreamFixture.Named(name);
        await using var server = await FixtureServer.StartAsync(fixture);

        var span = await SdkSpans.OfAsync(sdk, server);

        var expected = fixture.Expected with
        {
            FinishReasons = [.. fixture.Expected.FinishReasons.Select(reason => SdkDeviations.WordFor(reason, sdk))],
        };
        Assert.Equal(SdkDeviations.Of(sdk, name).Lines, SpanDeviations.Of(span, expected));
    }
}
