using LlmTracing.SentryExporter;

namespace LlmTracing.Tests.Unit.SentryExporter;

public sealed class SentryExporterOptionsValidatorTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("https://key@sentry.example/42")]
    public void Validate_GoodOrNoDsn_Succeeds(string? dsn) =>
        Assert.True(new SentryExporterOptionsValidator().Validate(null, new() { Dsn = dsn }).Succeeded);

    [Theory]
    [InlineData(1, true)]
    [InlineData(64, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(65, false)]
    public void Validate_Senders_AreWithinTheirLimits(int senders, bool succeeds) =>
        Assert.Equal(
            succeeds, new SentryExporterOptionsValidator().Validate(null, new() { Senders = senders }).Succeeded);

    [Theory]
    [InlineData(null)]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("http://localhost:3000/stream")]
    public void Validate_GoodOrNoSpotlight_Succeeds(string? spotlight) =>
        Assert.True(new SentryExporterOptionsValidator().Validate(null, new() { Spotlight = spotlight }).Succeeded);

    [Fact]
    public void Validate_SeveralProblems_NamesEachAtOnceAndNoKey()
    {
        var result = new SentryExporterOptionsValidator().Validate(
            null,
            new()
            {
                Dsn = "https://hunter2@sentry.example",
                Senders = 99,
                MaxQueueBytes = 1,
                MaxSpoolBytes = long.MaxValue,
                SpoolDirectory = "spool",
                OrgId = "o123",
                PropagationTargets = ["example.com", "https://example.com"],
                Spotlight = "localhost:8969",
            });

        Assert.Equal(
            [
                "Property Dsn: (SENTRY_DSN) must look like https://PUBLIC_KEY@HOST/PROJECT, but the project after the "
                + "last / is missing. Copy it from the project's settings in Sentry, or leave it empty to send nothing.",
                "Property Senders: must be 1 to 64, was 99.",
                "Property MaxQueueBytes: must be 65536 to 1073741824 bytes, was 1.",
                "Property MaxSpoolBytes: must be 65536 to 68719476736 bytes, was 9223372036854775807.",
                "Property SpoolDirectory: must be a whole path, from the root on, was 'spool'; or empty, for no spool.",
                "Property OrgId: must be digits, as in o123.ingest.sentry.io, was 'o123'.",
                "Property PropagationTargets: must be hosts like api.example.com, *.example.com or localhost:5001, but "
                + "'https://example.com' is none: it is more than a host, leave out scheme and path.",
                "Property Spotlight: (SENTRY_SPOTLIGHT) must be 1, for http://localhost:8969/stream, an address like that, or 0 "
                + "for none, was 'localhost:8969'.",
            ],
            result.Failures);
    }
}
