using System.Diagnostics.Metrics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LlmTracing.Tests.Integration.Middleware;

/// <summary>What calls cost by the app's own prices, and what stands in for usage that nobody reports.</summary>
[Collection(RunsAlone.Name)]
public sealed class UsageAccountingTests
{
    private const string UsageChunk =
        """{"object":"chat.completion.chunk","model":"gpt-4o-mini-2024","choices":[],"""
        + """
          "usage":{"prompt_tokens":1000,"completion_tokens":500}}
          """;

    private static readonly LlmCall WithText = new("m") { Messages = [new(ChatRole.User, "text")] };

    private static readonly Dictionary<string, string?> Prices = new()
    {
        ["LlmTracing:Pricing:0:Model"] = "gpt-4o*",
        ["LlmTracing:Pricing:0:Input"] = "100",
        ["LlmTracing:Pricing:0:Output"] = "100",
        ["LlmTracing:Pricing:1:Model"] = "gpt-4o-mini*",
        ["LlmTracing:Pricing:1:Input"] = "2",
        ["LlmTracing:Pricing:1:Output"] = "8",
    };

    [Fact]
    public async Task Pricing_FromConfiguration_GivesTheCostOfEachCallAndOfAllLeaves()
    {
        await using var app = await StartAsync(Prices, app => app.MapGet("/", static async () =>
        {
            using var agent = LlmTrace.StartAgent("planner");
            agent.Record(new LlmUsage(1_000_000, 1_000_000));
            using (var chat = LlmTrace.StartChat(new LlmCall("gpt-4o-mini")))
            {
                chat.Record(new LlmUsage(500_000, 0));
            }

            using (var unpriced = LlmTrace.StartChat(new LlmCall("other")))
            {
                unpriced.Record(new LlmUsage(1_000_000, 0));
            }

            // What is beneath it is the same call once more.
            using var above = LlmTrace.StartChat(new LlmCall("gpt-4o"));
            above.Record(new LlmUsage(1_000_000, 0));
            await foreach (var _ in new ScriptedSource(UsageChunk).As(SourceShape.Iterator).TraceLlm(new LlmCall("beneath")))
            {
            }
        }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(
            [
                ("chat beneath", 0.006), ("chat gpt-4o", 100d), ("chat gpt-4o-mini", 1d), ("chat other", null),
                ("invoke_agent planner", null),
            ],
            transaction.Spans.OrderBy(static span => span.Name, StringComparer.Ordinal)
                .Select(static span => (span.Name, span[LlmTracingAttributes.CostTotal] as double?)));
        Assert.Equal(1.006, Assert.IsType<double>(transaction.Root[LlmTracingAttributes.CostTotal]), 9);
    }

    [Fact]
    public async Task Pricing_OutsideOfAnyRequest_GivesTheCostToo()
    {
        await using var app = await StartAsync(Prices, static _ => { });

        var call = new LlmCall("gpt-4o-mini-in-the-background");
        await foreach (var _ in new ScriptedSource(UsageChunk).As(SourceShape.Iterator).TraceLlm(call))
        {
        }

        var transaction = await app.Sink.NextAsync(static one => one.Name == "chat gpt-4o-mini-in-the-background");
        Assert.Equal(0.006, Assert.IsType<double>(transaction.Root[LlmTracingAttributes.CostTotal]), 9);
    }

    [Fact]
    public async Task Pricing_None_GivesNoCost()
    {
        await using var app = await StartAsync([], app => app.MapGet(
            "/", static () => new ScriptedSource(UsageChunk).ToResult(SourceShape.Iterator, new LlmCall("gpt-4o"))));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Null(transaction.Root[LlmTracingAttributes.CostTotal]);
        Assert.Null(Assert.Single(transaction.Spans)[LlmTracingAttributes.CostTotal]);
    }

    [Fact]
    public async Task Pricing_ThatCannotBe_FailsTheStartNamingEachEntry()
    {
        var setup = new TestAppSetup
        {
            Configuration = new Dictionary<string, string?>(Prices)
            {
                ["LlmTracing:Pricing:0:Input"] = "-1",
                ["LlmTracing:Pricing:1:Reasoning"] = "NaN",
                ["LlmTracing:Pricing:2:Output"] = "1",
                ["LlmTracing:Pricing:3:Model"] = "GPT-4o*",
                ["LlmTracing:Pricing:3:CacheWrite"] = "-0.5",
            },
        };

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(setup));

        Assert.Equal(
            [
                "Property Pricing[0].Input: of gpt-4o* must be 0 or more, was -1.",
                "Property Pricing[1].Reasoning: of gpt-4o-mini* must be 0 or more, was NaN.",
                "Property Pricing[2].Model: must name a model, or a pattern of models.",
                "Property Pricing[3].Model: GPT-4o* is there twice.",
                "Property Pricing[3].CacheWrite: of GPT-4o* must be 0 or more, was -0.5.",
            ],
            exception.Failures);
    }

    [Fact]
    public async Task Metrics_RequestIsNotRecorded_CallsAreMeasuredAndPricedAllTheSame()
    {
        var heard = new SemaphoreSlim(0);
        List<string> told = [];
        await using var app = await StartAsync(Prices, app =>
        {
            app.MapGet("/stream", static () =>
                new ScriptedSource(UsageChunk).ToResult(SourceShape.Iterator, new LlmCall("gpt-4o-mini")));
            app.MapGet("/chat", static () =>
            {
                using var chat = LlmTrace.StartChat(new LlmCall("asked"));
                chat.Set(GenAiAttributes.ResponseModel, "gpt-4o-mini");
                chat.Record(new LlmUsage(1_000_000, 0));
                chat.Fail(new IOException("broken"));
            });
        }, static options => options.TracesSampleRate = 0);
        using var listener = Listen(app, (name, value, tags) =>
        {
            var failed = tags.FirstOrDefault(static tag => tag.Key == "error.type").Value;
            var model = tags.Single(static tag => tag.Key == "gen_ai.response.model").Value;
            lock (told)
            {
                told.Add($"{name} {model} {(name == GenAiMetrics.OperationDuration ? failed : value)}");
            }

            if (name == GenAiMetrics.OperationDuration)
            {
                heard.Release();
            }
        });

        await app.GetAsync("/stream");
        await HearAsync();
        await app.GetAsync("/chat");
        await HearAsync();

        Assert.Equal(
            [
                "gen_ai.client.token.usage gpt-4o-mini-2024 1000",
                "gen_ai.client.token.usage gpt-4o-mini-2024 500",
                "llm_tracing.cost gpt-4o-mini-2024 0.006",
                "gen_ai.client.operation.duration gpt-4o-mini-2024 ",
                "gen_ai.client.token.usage gpt-4o-mini 1000000",
                "gen_ai.client.token.usage gpt-4o-mini 0",
                "llm_tracing.cost gpt-4o-mini 2",
                "gen_ai.client.operation.duration gpt-4o-mini System.IO.IOException",
            ],
            told);

        Task HearAsync() => Deadline.BoundAsync("end of a call", null, async token =>
        {
            await heard.WaitAsync(token);
            return true;
        });
    }

    [Theory]
    [InlineData(false, true, "", "", "")]
    [InlineData(true, false, "4 6", "", "")]
    [InlineData(true, true, "4 6", "4 6 10 estimated", "4 6 10")]
    public async Task Estimates_UsageIsMissing_StandWhereTheAppWantsThem(
        bool estimate, bool asUsage, string estimated, string usage, string summed)
    {
        await using var app = await StartAsync([], app => app.MapGet("/", static () =>
            new ScriptedSource("The tide ", "turns at fo", "ur.").ToResult(
                SourceShape.Iterator, new LlmCall("m") { Instructions = "When does", Messages = [new(ChatRole.User, "it?")] })), options =>
        {
            options.EstimateMissingUsage = estimate;
            options.EstimatesAsUsage = asUsage;
        });

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();
        var span = Assert.Single(transaction.Spans);

        Assert.Equal(estimated, Told(
            span, LlmTracingAttributes.UsageEstimatedInputTokens, LlmTracingAttributes.UsageEstimatedOutputTokens));
        Assert.Equal(usage, Told(
            span,
            GenAiAttributes.UsageInputTokens,
            GenAiAttributes.UsageOutputTokens,
            GenAiAttributes.UsageTotalTokens,
            LlmTracingAttributes.UsageSource));
        Assert.Equal(summed, Told(
            transaction.Root,
            LlmTracingAttributes.UsageInputTokens,
            LlmTracingAttributes.UsageOutputTokens,
            LlmTracingAttributes.UsageTotalTokens));
    }

    [Fact]
    public async Task Estimates_UsageIsReported_StayAway()
    {
        await using var app = await StartAsync([], app => app.MapGet("/", static () =>
            new ScriptedSource(UsageChunk, "[DONE]").ToResult(SourceShape.Iterator, WithText)), Estimate);

        await app.GetAsync("/");
        var span = Assert.Single((await app.Sink.NextAsync()).Spans);

        Assert.Equal("provider", span[LlmTracingAttributes.UsageSource]);
        Assert.Equal(1000L, span[GenAiAttributes.UsageInputTokens]);
        Assert.Null(span[LlmTracingAttributes.UsageEstimatedInputTokens]);
        Assert.Null(span[LlmTracingAttributes.UsageEstimatedOutputTokens]);
    }

    [Fact]
    public async Task Estimates_AppsOwnEstimatorThrows_CallHasNoneAndIsReadOn()
    {
        const string Text = """{"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a"}}]}""";
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Options = Estimate,
            Services = static services => services.AddSingleton<ITokenEstimator, Broken>(),
            Inside = static app => app.MapGet("/", static () => new ScriptedSource(Text, UsageChunk, "[DONE]").ToResult(
                SourceShape.Iterator, WithText)),
        });

        var body = await app.GetAsync("/");
        var span = Assert.Single((await app.Sink.NextAsync()).Spans);

        Assert.Contains("event: done", body, StringComparison.Ordinal);
        Assert.Equal("1000 provider", Told(span, GenAiAttributes.UsageInputTokens, LlmTracingAttributes.UsageSource));
        Assert.NotEmpty(app.Logs.Of("ContentFailed"));
    }

    private static string Told(RecordedSpan span, params string[] keys) =>
        string.Join(' ', keys.Select(key => span[key]).OfType<object>());

    private static void Estimate(LlmTracingOptions options)
    {
        options.EstimateMissingUsage = true;
        options.EstimatesAsUsage = true;
    }

    private static Task<TestApp> StartAsync(
        Dictionary<string, string?> configuration,
        Action<WebApplication> inside,
        Action<LlmTracingOptions>? options = null) =>
        TestApp.StartAsync(new TestAppSetup { Configuration = configuration, Inside = inside, Options = options });

    private static MeterListener Listen(
        TestApp app, Action<string, object, KeyValuePair<string, object?>[]> note)
    {
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Meter.Name == LlmTrace.MeterName
                    && instrument.Name is GenAiMetrics.OperationDuration or GenAiMetrics.TokenUsage or StreamMetrics.Cost)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) => note(instrument.Name, value, tags.ToArray()));
        listener.SetMeasurementEventCallback<double>(
            (instrument, value, tags, _) => note(instrument.Name, value, tags.ToArray()));
        listener.Start();
        return listener;
    }

    private sealed class Broken : ITokenEstimator
    {
        public ITokenEstimate Begin(string? model) => throw new NotSupportedException("no vocabulary");
    }
}
