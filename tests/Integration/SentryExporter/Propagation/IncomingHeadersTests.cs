using System.Diagnostics;
using System.Net;
using System.Text;
using LlmTracing.SentryExporter.Propagation;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.SentryExporter.Propagation;

/// <summary>Headers as strangers send them, through a real server.</summary>
[Collection(RunsAlone.Name)]
public sealed class IncomingHeadersTests
{
    private const string TraceId = "771a43a4192642f0b136d5159a501700";
    private const string SpanId = "b7ad6b7169203331";

    [Fact]
    public async Task Request_TenThousandMalformedHeaders_EachIsAnsweredInANewTrace()
    {
        const int requests = 10_000;
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Tracing = tracing => tracing.AddSentryExporter(static options => options.Dsn = "http://public@127.0.0.1:9/1"),
            Inside = app => app.MapGet("/", static () => "fine"),
        });
        var random = new Random(20_260_802);

        for (var i = 0; i < requests; i++)
        {
            (string, string)[] headers =
            [
                ("sentry-trace", Malformed($"{TraceId}-{SpanId}-1", random)),
                ("traceparent", Malformed($"00-{TraceId}-{SpanId}-01", random)),
                ("tracestate", Garbage(random)),
                ("baggage", Malformed($"sentry-trace_id={TraceId},sentry-org_id=1", random)),
            ];

            using var response = await app.SendAsync("GET", "/", headers);

            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode} for {string.Join(';', headers)}");
            var transaction = await app.Sink.NextAsync();
            Assert.True(
                transaction.Root.ParentSpanId is null && transaction.TraceId.ToHexString() != TraceId,
                $"continued for {string.Join(';', headers)}");
        }

        Assert.Empty(app.Logs.Errors);
    }

    [Fact]
    public async Task Request_AppBuiltAsAppsAre_ContinuesTheTraceOfItsCaller()
    {
        // Its builder has registered a propagator of the platform's before LLM tracing is added.
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = SampleApp.Start(ingest, "demo");
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Address, "/chat?message="));
        request.Headers.Add("sentry-trace", $"{TraceId}-{SpanId}-1");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var transaction = await ingest.NextAsync();

        Assert.Equal((TraceId, SpanId), (transaction.TraceId, transaction.ParentSpanId));
        Assert.IsType<SentryPropagator>(app.Services.GetRequiredService<DistributedContextPropagator>());
    }

    // Always malformed: a character of the ids, or a dash between them, is no longer what it must be.
    private static string Malformed(string text, Random random)
    {
        const string wrong = "ghijkABCDEF_,;=%\"\\/()<>@";
        var mutated = new StringBuilder(text);
        var first = text.IndexOf(TraceId, StringComparison.Ordinal);
        var at = first + random.Next(TraceId.Length);
        _ = random.Next(4) switch
        {
            0 => mutated.Remove(at, 1),
            1 => mutated.Insert(at, wrong[random.Next(wrong.Length)]),
            2 => mutated.Remove(at, mutated.Length - at),
            _ => mutated.Replace(mutated[at], wrong[random.Next(wrong.Length)], at, 1),
        };
        return random.Next(20) == 0 ? Garbage(random) : mutated.ToString();
    }

    // What a server takes for a header's value at all: printable, tabs, and other alphabets.
    private static string Garbage(Random random)
    {
        var text = new StringBuilder();
        for (var length = random.Next(0, random.Next(20) == 0 ? 4_000 : 80); length > 0; length--)
        {
            text.Append(random.Next(30) == 0 ? '\t' : (char)random.Next(0x20, 0x7f));
        }

        return text.ToString();
    }
}
