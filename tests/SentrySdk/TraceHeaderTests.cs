using System.Net;
using System.Net.Sockets;
using LlmTracing.Tests.Integration.Backends;
using LlmTracing.Tests.Integration.Support;
using LlmTracing.Tests.SentrySdk.SideBySide;
using Sdk = Sentry.SentrySdk;
using SdkHandler = Sentry.SentryHttpMessageHandler;

namespace LlmTracing.Tests.SentrySdk;

/// <summary>Whoever asks for the trace, the SDK or our propagator, hears of the same.</summary>
public sealed class TraceHeaderTests
{
    [Fact]
    public async Task GetTraceHeader_InARequest_IsOfItsTrace()
    {
        string? header = null;
        var transaction = await PlayAsync(() => header = Sdk.GetTraceHeader()?.ToString());

        Assert.StartsWith(transaction.TraceId, header, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetTraceHeader_RequestContinuesATrace_IsOfThatTrace()
    {
        const string traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
        string? header = null;
        var transaction = await PlayAsync(
            () => header = Sdk.GetTraceHeader()?.ToString(), ("sentry-trace", $"{traceId}-00f067aa0ba902b7-1"));

        Assert.StartsWith(traceId, header, StringComparison.Ordinal);
        Assert.Equal((traceId, "00f067aa0ba902b7"), (transaction.TraceId, transaction.ParentSpanId));
    }

    [Fact]
    public async Task Call_ByTheSdksHandler_HasOneHeaderThatNamesItsSpan()
    {
        await using var server = await RecordingServer.StartAsync();
        using var client = new HttpClient(new SdkHandler(new SocketsHttpHandler()));

        var transaction = await PlayAsync(async () => await client.GetStringAsync(server.Address));

        var request = Assert.Single(server.Requests);
        Assert.Equal($"{transaction.TraceId}-{transaction.Single("http.client").SpanId}-1", request.SentryTrace);
        Assert.Single(request.Baggage!.Split(','), static member => member.StartsWith("sentry-trace_id=", StringComparison.Ordinal));
        Assert.Contains($"sentry-trace_id={transaction.TraceId}", request.Baggage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ByTheSdksHandlerToAProvider_TellsItNothing()
    {
        await using var server = await RecordingServer.StartAsync();

        await PlayAsync(async () =>
        {
            using var client = new HttpClient(new SdkHandler(new SocketsHttpHandler
            {
                ConnectCallback = async (_, token) => await ConnectAsync(server.Address.Port, token),
            }));
            await client.GetStringAsync("http://api.openai.com/");
        });

        var request = Assert.Single(server.Requests);
        Assert.Equal((null, null, null), (request.SentryTrace, request.Baggage, request.TraceParent));
    }

    [Fact]
    public async Task Error_InARequestThatContinuesATrace_HasTheContextOfItsHead()
    {
        const string traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
        await using var received = await Received.StartAsync();
        await using (var app = await BackendCases.StartAsync(new SdkBackend(received.Dsn), static () => Sdk.CaptureMessage("Something was noticed.").ToString()))
        {
            using var answer = await app.SendAsync(
                "GET", "/", ("sentry-trace", $"{traceId}-00f067aa0ba902b7-1"), ("baggage", $"sentry-trace_id={traceId},sentry-public_key=head,sentry-sample_rate=0.5,sentry-release=head%401"));
            await app.StopAsync();
        }

        var context = Assert.Single(received.HeadersOf("event")).At("trace");
        Assert.Equal((traceId, "head", "head@1"), (context.At("trace_id").AsText(), context.At("public_key").AsText(), context.At("release").AsText()));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("2", false)]
    [InlineData("", false)]
    public async Task GetTraceHeader_CallerOfAnOrganization_ContinuesItsTraceIfItIsOurs(string organization, bool isContinued)
    {
        const string traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
        string? header = null;
        await using var received = await Received.StartAsync();
        var backend = new SdkBackend(received.Dsn, static options => (options.OrgId, options.StrictTraceContinuation) = ("1", true));
        await using (var app = await BackendCases.StartAsync(backend, () => header = Sdk.GetTraceHeader()?.ToString()))
        {
            using var answer = await app.SendAsync(
                "GET", "/", ("sentry-trace", $"{traceId}-00f067aa0ba902b7-1"), ("baggage", $"sentry-trace_id={traceId},sentry-public_key=head,sentry-org_id={organization}"));
            await app.StopAsync();
        }

        var trace = Assert.Single(received.OfType("transaction")).At("contexts").At("trace").At("trace_id").AsText()!;
        Assert.Equal(isContinued, trace == traceId);
        Assert.StartsWith(trace, header, StringComparison.Ordinal);
    }

    private static async Task<NetworkStream> ConnectAsync(int port, CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, token);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task<SentryTransaction> PlayAsync(Delegate request, params (string Name, string Value)[] headers)
    {
        await using var ingest = await SentryIngest.StartAsync();
        ingest.IsOfSdk = true;
        await using var app = await BackendCases.StartAsync(new SdkBackend(ingest.Dsn), request);
        using var answer = await app.SendAsync("GET", "/", headers);
        var transaction = await ingest.NextAsync();
        await app.StopAsync();
        ingest.AssertNoMore();
        return transaction;
    }
}
