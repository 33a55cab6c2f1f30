using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Sample;

/// <remarks>Seen to fail: without the filter of the sample, there is a transaction for it.</remarks>
public sealed class HealthTests
{
    [Fact]
    public async Task Healthz_SampleRuns_IsHealthyAndNotTraced()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using (var app = SampleApp.Start(ingest, "demo"))
        {
            using var client = app.CreateClient();
            var token = TestContext.Current.CancellationToken;

            Assert.Equal("Healthy", await client.GetStringAsync(new Uri("/healthz", UriKind.Relative), token));
            await client.GetStringAsync(new Uri("/chat?message=hi", UriKind.Relative), token);
        }

        Assert.Equal("GET /chat", (await ingest.NextAsync()).Name);
        ingest.AssertNoMore();
    }
}
