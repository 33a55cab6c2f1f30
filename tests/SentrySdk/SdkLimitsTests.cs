using System.Text.Json;
using LlmTracing.Tests.Integration.Backends;
using LlmTracing.Tests.Integration.Support;
using LlmTracing.Tests.SentrySdk.SideBySide;
using Microsoft.Extensions.DependencyInjection;
using Sentry.AspNetCore;
using Sdk = Sentry.SentrySdk;

namespace LlmTracing.Tests.SentrySdk;

/// <summary>
/// What the SDK cannot be told, or does otherwise than our exporter, as docs/sentry-sdk.md lists it: a test that fails with a newer
/// SDK is a line there that can go.
/// </summary>
public sealed class SdkLimitsTests
{
    [Fact]
    public async Task Transaction_ByTheSdk_HasItsOriginItsSourceAndNoSamplingContext()
    {
        await using var received = await Received.StartAsync();
        await using (var app = await BackendCases.StartAsync(new SdkBackend(received.Dsn), static () => "ok"))
        {
            await app.GetAsync("/");
            await app.StopAsync();
        }

        var transaction = Assert.Single(received.OfType("transaction"));
        Assert.Equal("manual", transaction.At("contexts").At("trace").At("origin").AsText());
        Assert.Equal("custom", transaction.At("transaction_info").At("source").AsText());
        Assert.Equal(JsonValueKind.Undefined, Assert.Single(received.HeadersOf("transaction")).At("trace").ValueKind);
    }

    [Fact]
    public async Task Transaction_DeliveredTwice_IsTwoEvents()
    {
        await using var received = await Received.StartAsync();
        await using (var app = await BackendCases.StartAsync(new SdkBackend(received.Dsn), static () => "ok"))
        {
            await app.GetAsync("/");
            var finished = await app.Sink.NextAsync();
            app.Services.GetServices<ITransactionSink>().OfType<LlmTracing.SentrySdk.SentrySdkSink>().Single().Accept(finished.Finished);
            await app.StopAsync();
        }

        var transactions = received.OfType("transaction");
        Assert.Equal(2, transactions.Select(static one => one.At("event_id").AsText()).Distinct().Count());
        Assert.Single(transactions.Select(static one => one.At("contexts").At("trace").At("span_id").AsText()).Distinct());
    }

    [Fact]
    public async Task Event_OutsideOfRequests_HasTheTraceButTheSamplingContextOfAnother()
    {
        string traceId;
        await using var received = await Received.StartAsync();
        await using (var app = await BackendCases.StartAsync(new SdkBackend(received.Dsn), static () => "ok"))
        {
            using (var step = LlmTrace.StartTask("step"))
            {
                traceId = step.Activity!.TraceId.ToHexString();
                Sdk.CaptureMessage("Something was noticed.");
            }

            await app.StopAsync();
        }

        Assert.Equal(traceId, Assert.Single(received.OfType("event")).At("contexts").At("trace").At("trace_id").AsText());
        Assert.NotEqual(traceId, Assert.Single(received.HeadersOf("event")).At("trace").At("trace_id").AsText());
    }

    [Fact]
    public void Queue_ByDefault_HoldsThirty() => Assert.Equal(30, new SentryAspNetCoreOptions().MaxQueueItems);
}
