using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.Tests.Unit.SentryExporter.Mapping;

public sealed class SecretsTests
{
    [Theory]
    [InlineData("https://api.example.com/v1/chat", "https://api.example.com/v1/chat")]
    [InlineData("https://api.example.com", "https://api.example.com")]
    [InlineData("https://api.example.com/v1?key=AIza&alt=sse", "https://api.example.com/v1?*")]
    [InlineData("https://api.example.com?key=AIza", "https://api.example.com?*")]
    [InlineData("https://api.example.com/v1?*", "https://api.example.com/v1?*")]
    [InlineData("https://api.example.com/v1?", "https://api.example.com/v1?*")]
    [InlineData("https://api.example.com/cb#access_token=1", "https://api.example.com/cb")]
    [InlineData("https://api.example.com/cb#a?b", "https://api.example.com/cb")]
    [InlineData("https://me:pw@api.example.com:8443/v1", "https://REDACTED:REDACTED@api.example.com:8443/v1")]
    [InlineData("https://me:p@w@api.example.com", "https://REDACTED:REDACTED@api.example.com")]
    [InlineData("https://me@api.example.com/a@b", "https://REDACTED@api.example.com/a@b")]
    [InlineData("https://api.example.com/@me?to=a@b", "https://api.example.com/@me?*")]
    [InlineData("/v1/chat?key=1", "/v1/chat?*")]
    [InlineData("", "")]
    [InlineData("://", "://")]
    public void RedactUrl_Url_HasNeitherUserNorQueryNorFragment(string url, string expected) =>
        Assert.Equal(expected, Secrets.RedactUrl(url));

    [Theory]
    [InlineData("url.query")]
    [InlineData("http.query")]
    [InlineData("url.fragment")]
    [InlineData("db.connection_string")]
    [InlineData("http.request.header.authorization")]
    [InlineData("http.request.header.Proxy-Authorization")]
    [InlineData("http.request.header.cookie")]
    [InlineData("http.response.header.set-cookie")]
    [InlineData("http.request.header.x-api-key")]
    public void Redact_AttributeOfASecret_IsLeftOut(string attribute) => Assert.Null(Secrets.Redact(attribute, "secret"));

    [Theory]
    [InlineData("http.request.header.accept")]
    [InlineData("session.id")]
    [InlineData("gen_ai.usage.input_tokens")]
    public void Redact_OtherAttribute_IsKept(string attribute) => Assert.Equal("kept", Secrets.Redact(attribute, "kept"));
}
