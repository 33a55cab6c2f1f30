using LlmTracing.SentryExporter.Delivery;

namespace LlmTracing.Tests.Unit.SentryExporter.Delivery;

public sealed class SentryDsnTests
{
    [Theory]
    [InlineData("https://key@o123.ingest.sentry.io/42", "https://o123.ingest.sentry.io/api/42/envelope/", "123")]
    [InlineData("https://key@o123.ingest.us.sentry.io/42", "https://o123.ingest.us.sentry.io/api/42/envelope/", "123")]
    [InlineData("https://key:secret@sentry.example/42", "https://sentry.example/api/42/envelope/", null)]
    [InlineData("http://key@localhost:9000/1", "http://localhost:9000/api/1/envelope/", null)]
    [InlineData("https://key@sentry.example:443/1", "https://sentry.example/api/1/envelope/", null)]
    [InlineData("https://key@sentry.example/a/b/42", "https://sentry.example/a/b/api/42/envelope/", null)]
    [InlineData("http://key@[::1]:8969/42", "http://[::1]:8969/api/42/envelope/", null)]
    [InlineData("https://key@o12x.ingest.sentry.io/42", "https://o12x.ingest.sentry.io/api/42/envelope/", null)]
    [InlineData("https://key@o.ingest.sentry.io/42", "https://o.ingest.sentry.io/api/42/envelope/", null)]
    [InlineData("https://key@o123.example/42", "https://o123.example/api/42/envelope/", null)]
    public void TryParse_GoodForm_GivesKeyEndpointAndOrganization(string text, string endpoint, string? organization)
    {
        Assert.True(SentryDsn.TryParse(text, out var dsn, out var problem));

        Assert.Equal(new SentryDsn("key", new Uri(endpoint), organization), dsn);
        Assert.Equal(endpoint, dsn.EnvelopeUrl.AbsoluteUri);
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("", "it is not an absolute http or https address")]
    [InlineData("nonsense", "it is not an absolute http or https address")]
    [InlineData("/42", "it is not an absolute http or https address")]
    [InlineData("ftp://hunter2@sentry.example/42", "it is not an absolute http or https address")]
    [InlineData("hunter2@sentry.example/42", "it is not an absolute http or https address")]
    [InlineData("https://sentry.example/42", "the public key before the @ is missing")]
    [InlineData("https://@sentry.example/42", "the public key before the @ is missing")]
    [InlineData("https://:hunter2@sentry.example/42", "the public key before the @ is missing")]
    [InlineData("https://hunter2@sentry.example", "the project after the last / is missing")]
    [InlineData("https://hunter2@sentry.example/", "the project after the last / is missing")]
    [InlineData("https://hunter2@sentry.example/path/", "the project after the last / is missing")]
    public void TryParse_BadForm_SaysWhatIsWrongWithoutTheKey(string text, string expected)
    {
        Assert.False(SentryDsn.TryParse(text, out var dsn, out var problem));

        Assert.Null(dsn);
        Assert.Equal(expected, problem);
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }
}
