namespace LlmTracing.Tests.Unit.SentryExporter;

public sealed class SentryOtlpEndpointTests
{
    [Theory]
    [InlineData("https://key@o123.ingest.sentry.io/42", "https://o123.ingest.sentry.io/api/42/integration/otlp/v1/traces")]
    [InlineData("https://key:secret@sentry.example/42", "https://sentry.example/api/42/integration/otlp/v1/traces")]
    [InlineData("http://key@localhost:9000/1", "http://localhost:9000/api/1/integration/otlp/v1/traces")]
    [InlineData("https://key@sentry.example/a/b/42", "https://sentry.example/a/b/api/42/integration/otlp/v1/traces")]
    public void Parse_GoodForm_GivesAddressAndHeader(string dsn, string address)
    {
        var endpoint = SentryOtlpEndpoint.Parse(dsn);

        Assert.Equal(address, endpoint.TracesUrl.AbsoluteUri);
        Assert.Equal("x-sentry-auth=sentry sentry_key=key", endpoint.Headers);
    }

    [Theory]
    [InlineData("", "it is not an absolute http or https address")]
    [InlineData("hunter2@sentry.example/42", "it is not an absolute http or https address")]
    [InlineData("https://:hunter2@sentry.example/42", "the public key before the @ is missing")]
    [InlineData("https://hunter2@sentry.example/", "the project after the last / is missing")]
    public void Parse_BadForm_ThrowsWithFormAndReasonWithoutTheKey(string dsn, string reason)
    {
        var exception = Assert.Throws<FormatException>(() => SentryOtlpEndpoint.Parse(dsn));

        Assert.Equal(
            $"A DSN must look like https://PUBLIC_KEY@HOST/PROJECT, but {reason}. Copy it from the project's settings "
            + "in Sentry.",
            exception.Message);
    }

    [Fact]
    public void Parse_NoDsn_ThrowsNamingIt()
    {
        Assert.Throws<ArgumentNullException>("dsn", () => SentryOtlpEndpoint.Parse(null!));
    }
}
