using LlmTracing.SentryExporter.Spotlight;

namespace LlmTracing.Tests.Unit.SentryExporter.Spotlight;

public sealed class SpotlightAddressTests
{
    private const string Default = "http://localhost:8969/stream";

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData(" ", null)]
    [InlineData("0", null)]
    [InlineData("false", null)]
    [InlineData("False", null)]
    [InlineData("f", null)]
    [InlineData("n", null)]
    [InlineData("no", null)]
    [InlineData("OFF", null)]
    [InlineData("1", Default)]
    [InlineData("true", Default)]
    [InlineData("True", Default)]
    [InlineData(" t ", Default)]
    [InlineData("y", Default)]
    [InlineData("yes", Default)]
    [InlineData("ON", Default)]
    [InlineData("http://localhost:3000/stream", "http://localhost:3000/stream")]
    [InlineData("https://viewer.example/api/1/envelope/", "https://viewer.example/api/1/envelope/")]
    [InlineData("http://spotlight:8969", "http://spotlight:8969/stream")]
    [InlineData("http://spotlight:8969/", "http://spotlight:8969/stream")]
    public void TryParse_WordOrAddress_GivesWhereItIs(string? text, string? address)
    {
        Assert.True(SpotlightAddress.TryParse(text, out var parsed));
        Assert.Equal(address, parsed?.ToString());
    }

    [Theory]
    [InlineData("2")]
    [InlineData("maybe")]
    [InlineData("8969")]
    [InlineData("localhost:8969")]
    [InlineData("ftp://localhost:8969/stream")]
    [InlineData("http://")]
    [InlineData("/stream")]
    public void TryParse_AnythingElse_IsRefused(string text)
    {
        Assert.False(SpotlightAddress.TryParse(text, out var parsed));
        Assert.Null(parsed);
    }
}
