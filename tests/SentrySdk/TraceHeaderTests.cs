using LlmTracing.Tests.Integration.Backends;
using LlmTracing.Tests.Integration.Support;
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
