using System.Diagnostics;
using System.Net;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.SentryExporter.Propagation;

/// <summary>What an app tells the servers that it calls, over real HTTP.</summary>
[Collection(RunsAlone.Name)]
public sealed class OutgoingHeadersTests
{
    private const string TraceId = "771a43a4192642f0b136d5159a501700";
    private const string CallerId = "b7ad6b7169203331";

    [Theory]
    [InlineData("127.0.0.1:1")]
    [InlineData(null)]
    public async Task Call_HostIsNoTarget_HasNoHeaderAtAll(string? named)
    {
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(
            client => client.GetStringAsync(server.Address), options => options.PropagationTargets = named is null ? [] : [named]);

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        // The span is there all the same.
        Assert.Equal("System.Net.Http", Assert.Single(transaction.Spans).Source);
        Assert.Equal(["Host"], Assert.Single(server.Requests).Headers.Keys);
    }

    [Fact]
    public async Task Call_TargetRedirectsToAnotherHost_TellsOnlyTheTarget()
    {
        await using var other = await RecordingServer.StartAsync();
        await using var server = await RecordingServer.StartAsync();
        server.Answer = context =>
        {
            context.Response.Redirect(other.Address.ToString());
            return Task.CompletedTask;
        };
        await using var app = await StartAsync(
            client => client.GetStringAsync(server.Address), options => options.PropagationTargets = [server.Host]);

        await app.GetAsync("/");

        Assert.NotNull(Assert.Single(server.Requests).SentryTrace);
        Assert.Equal(["Host"], Assert.Single(other.Requests).Headers.Keys);
    }

    [Fact]
    public async Task Call_TargetRedirectsToATarget_EachHopHasItsOwnSpan()
    {
        await using var server = await RecordingServer.StartAsync();
        server.Answer = context =>
        {
            if (context.Request.Path == "/")
            {
                context.Response.Redirect("/next");
            }

            return Task.CompletedTask;
        };
        await using var app = await StartAsync(client => client.GetStringAsync(server.Address));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(
            transaction.Spans.Select(static span => span.SpanId.ToHexString()),
            server.Requests.Select(static request => request.ParentSpanId));
        Assert.Equal(2, transaction.Spans.Count);
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, null)]
    [InlineData(true, $"{TraceId}-{CallerId}-0")]
    public async Task Call_RequestIsNotRecorded_SaysSo(bool isWanted, string? sentryTrace)
    {
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(
            client => client.GetStringAsync(server.Address),
            tracing: options =>
            {
                options.TracesSampleRate = sentryTrace is null && isWanted ? 0 : 1;
                options.Filter = _ => isWanted;
            });

        using var response = await app.SendAsync(
            "GET", "/", sentryTrace is null ? [] : [("sentry-trace", sentryTrace)]);
        await app.StopAsync();

        var call = Assert.Single(server.Requests);
        Assert.Matches("^[0-9a-f]{32}-[0-9a-f]{16}-0$", call.SentryTrace);
        Assert.Equal($"00-{call.TraceId}-{call.ParentSpanId}-00", call.TraceParent);
        Assert.Equal(sentryTrace is null, call.TraceId != TraceId);
        Assert.Equal(sentryTrace is null, call.Baggage?.Contains("sentry-sampled=false", StringComparison.Ordinal) ?? false);
        Assert.Empty(app.Sink.Requests);
    }

    [Fact]
    public async Task Call_OnlyAnotherListenerRecords_SentryIsToldThatItDoesNot()
    {
        using var elsewhere = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "Microsoft.AspNetCore" or "System.Net.Http",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(elsewhere);
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(
            client => client.GetStringAsync(server.Address), tracing: static options => options.TracesSampleRate = 0);

        await app.GetAsync("/");

        var call = Assert.Single(server.Requests);
        Assert.EndsWith("-0", call.SentryTrace, StringComparison.Ordinal);
        Assert.EndsWith("-01", call.TraceParent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.1, 0)]
    [InlineData(0.2, 1)]
    public async Task Call_CallerLeftTheDecision_TellsTheOneTakenHere(double rate, int recorded)
    {
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(
            client => client.GetStringAsync(server.Address), tracing: options => options.TracesSampleRate = rate);

        using var response = await app.SendAsync(
            "GET", "/",
            ("sentry-trace", $"{TraceId}-{CallerId}"),
            ("baggage", $"sentry-trace_id={TraceId},sentry-sample_rand=0.150000"));
        await app.StopAsync();

        Assert.Equal(recorded, app.Sink.Requests.Count);
        Assert.EndsWith($"-{recorded}", Assert.Single(server.Requests).SentryTrace, StringComparison.Ordinal);
        Assert.Equal(
            $"sentry-trace_id={TraceId},sentry-sample_rand=0.150000", Assert.Single(server.Requests).Baggage);
    }

    [Fact]
    public async Task Call_Baggage_IsTheAppsOwnAndNotThatOfTheCaller()
    {
        string? read = null;
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(
            async client =>
            {
                read = Activity.Current!.GetBaggageItem("vendor");
                Activity.Current.AddBaggage("tenant", "t 1");
                using var request = new HttpRequestMessage(HttpMethod.Get, server.Address);
                request.Headers.Add("baggage", "by-hand=1,sentry-release=stale");
                using var response = await client.SendAsync(request);
            });

        using var response = await app.SendAsync(
            "GET", "/",
            ("sentry-trace", $"{TraceId}-{CallerId}-1"),
            ("baggage", $"vendor=v,sentry-trace_id={TraceId},tenant=theirs"));

        Assert.Equal("v", read);
        Assert.Equal(
            $"sentry-trace_id={TraceId},by-hand=1,tenant=t%201", Assert.Single(server.Requests).Baggage);
    }

    [Fact]
    public async Task Call_BaggageBomb_IsCutOnTheWayInAndOut()
    {
        const int members = 500;
        string[] read = [];
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(async client =>
        {
            read = [.. Activity.Current!.Baggage.Select(static member => member.Key)];
            for (var i = 0; i < members; i++)
            {
                Activity.Current.AddBaggage($"own-{i}", new string('x', 200));
            }

            await client.GetStringAsync(server.Address);
        });
        var bomb = $"first=1,sentry-trace_id={TraceId},"
            + string.Join(',', Enumerable.Range(0, members).Select(static i => $"k{i}={new string('y', 20)}"));

        using var response = await app.SendAsync(
            "GET", "/", ("sentry-trace", $"{TraceId}-{CallerId}-1"), ("baggage", bomb));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        // Sentry's, which is one of the 64, is not the app's to read.
        Assert.Equal(["first", .. Enumerable.Range(0, 62).Select(static i => $"k{i}")], read);
        var sent = Assert.Single(server.Requests).Baggage!;
        Assert.StartsWith($"sentry-trace_id={TraceId},own-", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("yyy", sent, StringComparison.Ordinal);
        Assert.InRange(sent.Length, 7_900, 8_192);
        Assert.InRange(sent.Split(',').Length, 2, 64);
    }

    [Fact]
    public async Task Call_SeveralAtOnceAreTheFirst_FreezeOneContext()
    {
        const int calls = 20;
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(client =>
            Parallel.ForEachAsync(Enumerable.Range(0, calls), async (_, token) => await client.GetStringAsync(server.Address, token)));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(calls, server.Requests.Count);
        Assert.Single(server.Requests.Select(static request => request.Baggage).Distinct());
        Assert.Equal(
            server.Requests[0].Baggage,
            string.Join(',', transaction.Finished.TraceBaggage.Select(
                static member => $"{member.Key}={Uri.EscapeDataString(member.Value!)}")));
    }

    [Fact]
    public async Task Call_ClientHasAnotherPropagator_IsToldNothingOfSentrys()
    {
        await using var target = await RecordingServer.StartAsync();
        await using var other = await RecordingServer.StartAsync();
        using var older = new HttpClient(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = DistributedContextPropagator.CreateW3CPropagator(),
        });
        await using var app = await StartAsync(async client =>
        {
            await client.GetStringAsync(target.Address);
            await older.GetStringAsync(other.Address);
        });

        await app.GetAsync("/");
        using var response = await app.SendAsync(
            "GET", "/", ("sentry-trace", $"{TraceId}-{CallerId}-1"), ("baggage", $"sentry-trace_id={TraceId}"));

        Assert.All(target.Requests, static one => Assert.StartsWith("sentry-trace_id=", one.Baggage, StringComparison.Ordinal));
        Assert.Equal(2, other.Requests.Count);
        Assert.All(other.Requests, static one => Assert.Equal(["Host", "traceparent"], one.Headers.Keys.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Call_SeveralHostsInTheProcess_EachTellsWhomItsOwnSettingsName()
    {
        await using var server = await RecordingServer.StartAsync();
        await using var silent = await StartAsync(
            client => client.GetStringAsync(new Uri(server.Address, "/silent")), options => options.PropagationTargets = []);
        await using var open = await StartAsync(client => client.GetStringAsync(new Uri(server.Address, "/open")));

        await silent.GetAsync("/");
        await open.GetAsync("/");
        await open.DisposeAsync();
        await silent.GetAsync("/");

        Assert.Equal(
            [("/silent", false), ("/open", true), ("/silent", false)],
            server.Requests.Select(static request => (request.Path, request.SentryTrace is not null)));
    }

    [Fact]
    public async Task Call_OutsideAnyRequest_TellsOfTheWorkThatMakesIt()
    {
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(static _ => Task.CompletedTask);
        using var client = new HttpClient();
        Activity.Current = null;

        using (var workflow = LlmTrace.StartWorkflow("nightly"))
        {
            await client.GetStringAsync(server.Address, TestContext.Current.CancellationToken);
        }

        var call = Assert.Single(server.Requests);
        var transaction = await app.Sink.NextAsync(ActivityTraceId.CreateFromString(call.TraceId));
        Assert.Equal(Assert.Single(transaction.Spans).SpanId.ToHexString(), call.ParentSpanId);
        Assert.Contains("sentry-transaction=invoke_workflow%20nightly", call.Baggage, StringComparison.Ordinal);
    }

    private static Task<TestApp> StartAsync(
        Func<HttpClient, Task> request,
        Action<SentryExporterOptions>? exporter = null,
        Action<LlmTracingOptions>? tracing = null)
    {
        HttpClient? client = null;
        return TestApp.StartAsync(new TestAppSetup
        {
            Options = tracing,
            Tracing = builder => builder.AddSentryExporter(options =>
            {
                // Nobody listens there: what is sent to Sentry is not the point.
                options.Dsn = "http://public@127.0.0.1:9/1";
                exporter?.Invoke(options);
            }),
            Inside = app => app.MapGet("/", () => request(client ??= new HttpClient())),
        });
    }
}
