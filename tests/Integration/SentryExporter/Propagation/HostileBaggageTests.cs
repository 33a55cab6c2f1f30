using System.Net;
using System.Text;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.SentryExporter.Propagation;

/// <summary>
/// Callers whose trace is continued, and whose baggage is of that trace but bad: it must neither fail the app's own calls nor
/// break what Sentry is sent.
/// </summary>
[Collection(RunsAlone.Name)]
public sealed class HostileBaggageTests
{
    private const string TraceId = "771a43a4192642f0b136d5159a501700";
    private const string CallerId = "b7ad6b7169203331";

    // What Sentry asks of a context at least.
    private const string Context =
        $"sentry-trace_id={TraceId},sentry-public_key=a,sentry-sample_rate=1,sentry-sampled=true";

    [Theory]
    [InlineData('a', 8000, true)]
    [InlineData('!', 2500, true)]
    [InlineData('!', 8000, false)]
    [InlineData('é', 1300, true)]
    [InlineData('é', 8000, false)]
    [InlineData('￮', 8000, false)]
    public async Task Value_LongerOnceItIsEscaped_IsPassedOnOnlyIfTheHeaderStaysWithinItsLimit(
        char character, int length, bool isPassedOn)
    {
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(server);

        await CallAsync(app, $"sentry-trace_id={TraceId},sentry-x={new string(character, length)}");

        var sent = Assert.Single(server.Requests).Baggage!;
        Assert.InRange(sent.Length, 1, 8192);
        Assert.Equal(
            $"sentry-trace_id={TraceId}"
                + (isPassedOn ? $",sentry-x={Uri.EscapeDataString(new string(character, length))}" : ""),
            sent);
    }

    [Fact]
    public async Task Members_NamedTwiceOrNothing_CountOnce()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(server, ingest.Dsn);

        await CallAsync(
            app, $"{Context},sentry-trace_id=zzz,sentry-=e,sentry-public_key=b");

        Assert.Equal(Context, Assert.Single(server.Requests).Baggage);
        Assert.Equal(
            Context,
            string.Join(',', (await ingest.NextAsync()).Dsc.Select(static member => $"sentry-{member.Key}={member.Value}")));
    }

    [Theory]
    [InlineData("vendor=1", true)]
    [InlineData("vendor=é", false)]
    [InlineData("long", false)]
    public async Task TraceState_CannotBeSentOn_IsLeftOut(string state, bool isPassedOn)
    {
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(server);
        var sent = state == "long" ? "vendor=" + new string('x', 20_000) : state;

        await CallAsync(app, "", ("traceparent", $"00-{TraceId}-{CallerId}-01"), ("tracestate", sent));

        Assert.Equal(isPassedOn ? state : null, Assert.Single(server.Requests).Headers.GetValueOrDefault("tracestate"));
    }

    [Fact]
    public async Task Request_TwoThousandBadBaggages_EachIsContinuedAndPassedOnWithinTheLimits()
    {
        const int requests = 2_000;
        await using var ingest = await SentryIngest.StartAsync();
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(server, ingest.Dsn);
        using var client = NewClient(app);
        var random = new Random(20_260_803);
        var passedOn = 0;

        for (var i = 0; i < requests; i++)
        {
            var baggage = Bad(random);
            await CallAsync(client, baggage);

            // It fails if the envelope deviates from what Sentry takes: a key that is there twice for one.
            var transaction = await ingest.NextAsync();
            var call = server.Requests[i];
            Assert.True(call.TraceId == TraceId && transaction.TraceId == TraceId, $"not continued for {baggage}");
            var members = call.Baggage?.Split(',') ?? [];
            Assert.True(
                call.Baggage is null || (call.Baggage.Length <= 8192 && Ascii.IsValid(call.Baggage)),
                $"{call.Baggage?.Length} characters for {baggage}");
            Assert.True(members.Length <= 64, $"{members.Length} members for {baggage}");
            Assert.True(
                transaction.Dsc.Select(static one => $"sentry-{one.Key}={Uri.EscapeDataString(one.Value)}").SequenceEqual(members),
                $"envelope and header differ for {baggage}");
            passedOn += Math.Min(members.Length, 1);
        }

        // Of each there were enough for the test to mean something.
        Assert.InRange(passedOn, requests / 2, requests * 9 / 10);
        Assert.Empty(app.Logs.Errors);
    }

    // Members of the trace among others that are cut, huge, doubled, without a name, badly escaped or of other alphabets.
    private static string Bad(Random random)
    {
        const string likely = "!%,;=\" \t(\\é漢￮";
        var members = new List<string> { "sentry-release=shop%401", "tenant=t1" };
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            var member = random.Next(8) switch
            {
                0 => "sentry-=e",
                1 => members[random.Next(members.Count)],
                2 => Context.Replace(TraceId, "zzz", StringComparison.Ordinal),
                3 => $"sentry-x={new string(likely[random.Next(likely.Length)], random.Next(9_000))}",
                4 => string.Join(',', Enumerable.Range(0, random.Next(100)).Select(static k => $"sentry-k{k}=v")),
                5 => $"sentry-{likely[random.Next(likely.Length)]}=v",
                6 => $"sentry-y=%{(char)random.Next(0x21, 0x7f)}{likely[random.Next(likely.Length)]}%ED%A0%80",
                _ => $" sentry-z{random.Next(3)} = {(char)random.Next(0xa0, 0xd800)} ;p=1",
            };
            members.Insert(random.Next(members.Count + 1), member);
        }

        // The whole context comes first, unless there is another's before it, or more commas than are read.
        members.Insert(0, Context);
        members.InsertRange(0, random.Next(10) switch
        {
            0 => ["sentry-trace_id=zzz"],
            1 => [new string(',', 8_500)],
            2 => ["tenant=first", new string(',', random.Next(1_000))],
            _ => [],
        });

        // What a server takes in all its headers.
        var baggage = string.Join(',', members);
        return baggage[..Math.Min(baggage.Length, 9_500)];
    }

    private static async Task CallAsync(TestApp app, string baggage, params (string Name, string Value)[] headers)
    {
        using var client = NewClient(app);
        await CallAsync(client, baggage, headers);
    }

    private static async Task CallAsync(HttpClient client, string baggage, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        headers = headers is [] ? [("sentry-trace", $"{TraceId}-{CallerId}-1"), ("baggage", baggage)] : headers;
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode} for {baggage}");
    }

    private static HttpClient NewClient(TestApp app) => new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
    })
    {
        BaseAddress = app.BaseUrl,
    };

    private static Task<TestApp> StartAsync(RecordingServer server, string dsn = "http://public@127.0.0.1:9/1")
    {
        HttpClient? client = null;
        return TestApp.StartAsync(new TestAppSetup
        {
            Tracing = tracing => tracing.AddSentryExporter(options => options.Dsn = dsn),
            Inside = app => app.MapGet("/", () => (client ??= new HttpClient()).GetStringAsync(server.Address)),
        });
    }
}
