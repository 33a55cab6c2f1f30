using LlmTracing.Tests.Integration.Documents;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Delivery.Otlp;

[Collection(RunsAlone.Name)]
public sealed class SentryOtlpEndpointTests
{
    [Fact]
    public async Task Parse_GivenToOpenTelemetry_ItsRequestsHaveSentrysPathAndKey()
    {
        await using var sentry = await OtlpCollector.StartAsync();
        await using var app = await OtlpApp.StartAsync(
            sentry, add: services => OtlpExample.AddSentryByOtlp(services, sentry.Dsn));

        await app.GetAsync("/");
        var recorded = await app.Sink.NextAsync();
        await app.StopAndFlushAsync();

        var span = Assert.Single(sentry.Of(recorded.TraceId.ToHexString()));
        Assert.Equal("GET /", span.Name);
        Assert.All(sentry.Requests, static request =>
        {
            Assert.Equal("/api/1/integration/otlp/v1/traces", request.Path);
            Assert.Equal("sentry sentry_key=public", request.Headers["x-sentry-auth"]);
            Assert.Equal("application/x-protobuf", request.Headers["Content-Type"]);
        });
    }
}
