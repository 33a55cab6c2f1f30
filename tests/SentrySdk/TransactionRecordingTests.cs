using System.Diagnostics;
using System.Text.Json;
using LlmTracing.SentrySdk;
using LlmTracing.Tests.Integration.Backends;
using LlmTracing.Tests.Integration.Delivery;
using LlmTracing.Tests.Integration.Support;
using LlmTracing.Tests.SentrySdk.SideBySide;
using Microsoft.Extensions.DependencyInjection;
using Sentry;
using Sentry.Extensibility;
using Sdk = Sentry.SentrySdk;

namespace LlmTracing.Tests.SentrySdk;

/// <summary>What the SDK is told of a transaction, beside what the table of backends holds it to.</summary>
public sealed class TransactionRecordingTests
{
    [Fact]
    public async Task Request_AppTellsTheScopeOfItsUser_TransactionHasUserAndTags()
    {
        await using var received = await Received.StartAsync();
        await using (var app = await BackendCases.StartAsync(new SdkBackend(received.Dsn), static () => Sdk.ConfigureScope(static scope =>
        {
            scope.SetTag("tenant", "blue");
            scope.User = new SentryUser { Id = "u1" };
        })))
        {
            await app.GetAsync("/");
            await app.StopAsync();
        }

        var transaction = Assert.Single(received.OfType("transaction"));
        Assert.Equal(("blue", "u1"), (transaction.At("tags").At("tenant").AsText(), transaction.At("user").At("id").AsText()));
        Assert.False(transaction.At("request").Has("headers"));
    }

    [Fact]
    public async Task Processor_OfTheAppsServices_SeesOurTransactions()
    {
        await using var received = await Received.StartAsync();
        var backend = new SdkBackend(received.Dsn);
        await using (var app = await TestApp.StartAsync(new TestAppSetup
        {
            WebHost = backend.Add,
            Tracing = backend.Add,
            Services = static services => services.AddTransient<ISentryTransactionProcessor, Marking>(),
        }))
        {
            await app.GetAsync("/");
            await app.StopAsync();
        }

        Assert.Equal("yes", Assert.Single(received.OfType("transaction")).At("tags").At("processed").AsText());
    }

    [Fact]
    public async Task Transaction_OfAnEarlierRelease_IsOfThatReleaseAndEnvironment()
    {
        var transaction = await RecordAsync(MadeTransactions.One() with
        {
            Resource = [new("sentry.release", "old@1"), new("sentry.environment", "olden")],
        });

        Assert.Equal(("old@1", "olden"), (transaction.At("release").AsText(), transaction.At("environment").AsText()));
    }

    [Fact]
    public async Task Transaction_OfMoreThanAThousandSpans_SaysHowManyAreLeftOut()
    {
        var made = MadeTransactions.One();
        var transaction = await RecordAsync(made with
        {
            Spans = [.. Enumerable.Range(0, 1500).Select(_ => made.Spans[0] with { SpanId = ActivitySpanId.CreateRandom() })],
        });

        Assert.Equal(1000, transaction.At("spans").Elements().Count());
        Assert.Equal(500, transaction.At("contexts").At("trace").At("data").At("llm_tracing.spans.dropped").AsNumber());
    }

    [Fact]
    public async Task Span_ComesBeforeItsParent_IsBeneathIt()
    {
        var made = MadeTransactions.One();
        var (parent, child) = (made.Spans[0], made.Spans[0] with { SpanId = ActivitySpanId.CreateRandom() });
        var transaction = await RecordAsync(made with { Spans = [child with { ParentSpanId = parent.SpanId }, parent] });

        var sent = transaction.At("spans").Elements().Single(span => span.At("span_id").AsText() == child.SpanId.ToHexString());
        Assert.Equal(parent.SpanId.ToHexString(), sent.At("parent_span_id").AsText());
    }

    [Fact]
    public async Task Span_EndsBeforeItBegins_TakesNoTime()
    {
        var made = MadeTransactions.One();
        var span = made.Spans[0] with { End = made.Spans[0].Start.AddSeconds(-1) };
        var sent = Assert.Single((await RecordAsync(made with { Spans = [span] })).At("spans").Elements());

        Assert.Equal(sent.At("start_timestamp").GetRawText(), sent.At("timestamp").GetRawText());
    }

    private static async Task<JsonElement> RecordAsync(FinishedTransaction transaction)
    {
        await using var received = await Received.StartAsync();
        await using (var app = await BackendCases.StartAsync(new SdkBackend(received.Dsn), static () => "ok"))
        {
            app.Services.GetServices<ITransactionSink>().OfType<SentrySdkSink>().Single().Accept(transaction);
            await app.StopAsync();
        }

        return Assert.Single(received.OfType("transaction"));
    }

    private sealed class Marking : ISentryTransactionProcessor
    {
        public Sentry.SentryTransaction? Process(Sentry.SentryTransaction transaction)
        {
            transaction.SetTag("processed", "yes");
            return transaction;
        }
    }
}
