using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Xunit.Sdk;

namespace LlmTracing.Tests.Integration.Support;

public sealed class SentryIngestTests
{
    private const string Auth = "Sentry sentry_version=7, sentry_client=sample/1.2.3, sentry_key=public";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NextAsync_ValidEnvelope_GivesItsTransaction(bool compress)
    {
        await using var ingest = await SentryIngest.StartAsync();

        using var response = await PostAsync(ingest, new SampleEnvelope().ToBytes(), compress: compress);
        var transaction = await ingest.NextAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("POST /chat", "ok"), (transaction.Name, transaction.Status));
        Assert.Equal("0.25", transaction.Dsc["sample_rate"]);
        var agent = Assert.Single(transaction.Children);
        var chat = Assert.Single(transaction.ChildrenOf(agent));
        Assert.Same(chat, transaction.Single("gen_ai.chat"));
        Assert.Equal(11L, chat.Data["gen_ai.usage.input_tokens"]);
        Assert.Equal(0.125, chat.Data.Number("gen_ai.response.time_to_first_chunk"));
        Assert.Equal(TimeSpan.FromSeconds(1), chat.Duration);
        ingest.AssertNoMore();
        Assert.Equal(1, ingest.Received);
    }

    [Theory]
    [InlineData("Sentry sentry_version=7, sentry_client=sample, sentry_key=public")]
    [InlineData("Sentry sentry_version=7, sentry_client=a/1, sentry_key=other")]
    public async Task DisposeAsync_WrongAuth_FailsTheTest(string auth)
    {
        var ingest = await SentryIngest.StartAsync();

        using var response = await PostAsync(ingest, new SampleEnvelope().ToBytes(), auth);

        Assert.StartsWith("Envelope 1: X-Sentry-Auth must be", Assert.Single(ingest.Deviations));
        await Assert.ThrowsAnyAsync<XunitException>(() => ingest.NextAsync());
        await Assert.ThrowsAnyAsync<XunitException>(() => ingest.DisposeAsync().AsTask());
        await ingest.DisposeAsync();
    }

    [Fact]
    public async Task DisposeAsync_WrongPath_FailsTheTest()
    {
        var ingest = await SentryIngest.StartAsync();

        using var response = await PostAsync(ingest, new SampleEnvelope().ToBytes(), path: "/api/2/envelope/");

        Assert.Equal(
            ["Envelope 1: The request must be POST /api/1/envelope/, was POST /api/2/envelope/."], ingest.Deviations);
        await Assert.ThrowsAnyAsync<XunitException>(() => ingest.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task AssertNoMore_UnreadTransaction_FailsTheTest()
    {
        await using var ingest = await SentryIngest.StartAsync();

        using var response = await PostAsync(ingest, new SampleEnvelope().ToBytes());

        Assert.ThrowsAny<XunitException>(ingest.AssertNoMore);
    }

    [Fact]
    public async Task NextAsync_NothingSent_TimesOut()
    {
        await using var ingest = await SentryIngest.StartAsync();

        await Assert.ThrowsAsync<TimeoutException>(() => ingest.NextAsync(TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task Answer_RateLimited_StillRecords()
    {
        await using var ingest = await SentryIngest.StartAsync();
        ingest.Answer = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return Task.CompletedTask;
        };

        using var response = await PostAsync(ingest, new SampleEnvelope().ToBytes());

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        await ingest.NextAsync();
    }

    [Fact]
    public async Task ClientReports_ReportAlone_IsKeptAndIsNoTransaction()
    {
        const string Header = """{"sent_at":"2026-01-02T03:04:05Z","sdk":{"name":"sample","version":"1"}}""";
        const string Report = """{"discarded_events":[{"reason":"queue_overflow","category":"span","quantity":3}]}""";
        var bytes = $"{Header}\n{{\"type\":\"client_report\",\"length\":{Report.Length}}}\n{Report}\n";
        await using var ingest = await SentryIngest.StartAsync();

        using var response = await PostAsync(ingest, System.Text.Encoding.UTF8.GetBytes(bytes));

        Assert.Equal(Report, Assert.Single(ingest.ClientReports).GetRawText());
        ingest.AssertNoMore();
    }

    private static async Task<HttpResponseMessage> PostAsync(
        SentryIngest ingest,
        byte[] envelope,
        string auth = Auth,
        string path = SentryIngest.EnvelopePath,
        bool compress = false)
    {
        using var client = new HttpClient();
        var uri = new Uri($"http://127.0.0.1:{ingest.Port}{path}");
        using var request = new HttpRequestMessage(HttpMethod.Post, uri);
        request.Content = new ByteArrayContent(compress ? Compress(envelope) : envelope);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-sentry-envelope");
        request.Headers.Add("X-Sentry-Auth", auth);
        if (compress)
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static byte[] Compress(byte[] plain)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return compressed.ToArray();
    }
}
