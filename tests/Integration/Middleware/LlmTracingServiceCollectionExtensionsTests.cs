using LlmTracing.Middleware.Transactions;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LlmTracing.Tests.Integration.Middleware;

public sealed class LlmTracingServiceCollectionExtensionsTests
{
    private static readonly Dictionary<string, string?> Everything = new()
    {
        ["LlmTracing:TracesSampleRate"] = "0.25",
        ["LlmTracing:ChildLimit"] = "00:00:07",
        ["LlmTracing:ShutdownTimeout"] = "00:00:03",
        ["LlmTracing:Sources:0"] = "My.Agents",
        ["LlmTracing:Sse:Completion"] = "OpenAiDone",
    };

    [Fact]
    public async Task AddLlmTracing_SectionLlmTracing_IsBound()
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup { Configuration = Everything });

        var options = OptionsOf(app);

        Assert.Equal(0.25, options.TracesSampleRate);
        Assert.Equal(TimeSpan.FromSeconds(7), options.ChildLimit);
        Assert.Equal(TimeSpan.FromSeconds(3), options.ShutdownTimeout);
        Assert.Equal(["My.Agents"], options.Sources);
        Assert.Equal(SseCompletion.OpenAiDone, options.Sse.Completion);
    }

    [Fact]
    public async Task AddLlmTracing_SettingInCode_WinsOverTheSection()
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Configuration = Everything,
            Options = static options => options.TracesSampleRate = 0.5,
        });

        Assert.Equal(0.5, OptionsOf(app).TracesSampleRate);
    }

    [Fact]
    public async Task AddLlmTracing_Twice_IsAsOnce()
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Configuration = Everything,
            Options = static options => options.TracesSampleRate = 1,
            Tracing = static tracing => tracing.Services.AddLlmTracing(),
            Inside = static app => app.MapGet("/", static () => "fine"),
        });

        await app.GetAsync("/");
        await app.StopAsync();

        Assert.Single(app.Sink.Requests);
        Assert.Equal(1, app.Flush.Flushes);
        Assert.Single(app.Services.GetServices<IHostedService>().OfType<TransactionFlusher>());
        Assert.Equal(1, OptionsOf(app).TracesSampleRate);
        Assert.Equal(["My.Agents"], OptionsOf(app).Sources);
    }

    [Fact]
    public async Task Sources_OneOfTheAppsOwn_JoinsTheTransaction()
    {
        var name = $"Tests.{Guid.NewGuid()}";
        using var source = new System.Diagnostics.ActivitySource(name);
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.Sources.Add(name),
            Inside = app => app.MapGet("/", () =>
            {
                using var step = source.StartActivity("step");
                return step!.SpanId.ToHexString();
            }),
        });

        var id = await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        var step = Assert.Single(transaction.Spans);
        Assert.Equal((id, name, "step"), (step.SpanId.ToHexString(), step.Source, step.Name));
        Assert.Equal(transaction.Root.SpanId, step.ParentSpanId);
    }

    private static LlmTracingOptions OptionsOf(TestApp app) =>
        app.Services.GetRequiredService<IOptions<LlmTracingOptions>>().Value;
}
