using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LlmTracing.Tests.Unit.SentryExporter;

public sealed class SentryExporterOptionsSetupTests
{
    private static readonly Dictionary<string, string?> Section = new()
    {
        ["Sentry:Dsn"] = "https://section@sentry.example/1",
        ["Sentry:Environment"] = "section",
        ["Sentry:Release"] = "section@1",
        ["Sentry:Senders"] = "7",
        ["Sentry:PropagationTargets:0"] = "orders.example.com",
        ["Sentry:PropagationTargets:1"] = "*.internal.example.com",
        ["Sentry:StrictTraceContinuation"] = "true",
        ["Sentry:OrgId"] = "123",
        ["Sentry:Spotlight"] = "true",
    };

    private static readonly Dictionary<string, string?> Variables = new()
    {
        ["SENTRY_DSN"] = "https://variable@sentry.example/1",
        ["SENTRY_ENVIRONMENT"] = "variable",
        ["SENTRY_RELEASE"] = "variable@1",
    };

    [Fact]
    public void Configure_NothingSet_HasNoDsnAndTheHostsEnvironment()
    {
        var options = Options<SentryExporterOptions>([]);

        Assert.Null(options.Dsn);
        Assert.Equal("staging", options.Environment);
        Assert.StartsWith("LlmTracing.Tests.Unit@0.1.0", options.Release, StringComparison.Ordinal);
        Assert.Equal(16, options.Senders);
        Assert.Null(options.PropagationTargets);
        Assert.False(options.StrictTraceContinuation);
        Assert.Null(options.OrgId);
        Assert.Null(options.Spotlight);
    }

    [Fact]
    public void Configure_EmptyVariables_ExceptForTheDsnAreAsUnset()
    {
        var options = Options<SentryExporterOptions>(
            new Dictionary<string, string?> { ["SENTRY_DSN"] = "", ["SENTRY_ENVIRONMENT"] = "", ["SENTRY_RELEASE"] = "" });

        Assert.Equal("", options.Dsn);
        Assert.Equal("staging", options.Environment);
        Assert.StartsWith("LlmTracing.Tests.Unit@0.1.0", options.Release, StringComparison.Ordinal);
    }

    [Fact]
    public void Configure_Section_IsBound()
    {
        var options = Options<SentryExporterOptions>(Section);

        Assert.Equal("https://section@sentry.example/1", options.Dsn);
        Assert.Equal("section", options.Environment);
        Assert.Equal("section@1", options.Release);
        Assert.Equal(7, options.Senders);
        Assert.Equal(["orders.example.com", "*.internal.example.com"], options.PropagationTargets);
        Assert.True(options.StrictTraceContinuation);
        Assert.Equal("123", options.OrgId);
        Assert.Equal("true", options.Spotlight);
    }

    [Fact]
    public void Configure_VariablesAndSection_VariablesWin()
    {
        var options = Options<SentryExporterOptions>([.. Section, .. Variables]);

        Assert.Equal("https://variable@sentry.example/1", options.Dsn);
        Assert.Equal("variable", options.Environment);
        Assert.Equal("variable@1", options.Release);
        Assert.Equal(7, options.Senders);
    }

    [Fact]
    public void Configure_CodeVariablesAndSection_CodeWins()
    {
        var options = Options<SentryExporterOptions>([.. Section, .. Variables], static options =>
        {
            options.Dsn = "https://code@sentry.example/1";
            options.Environment = "code";
            options.Release = "code@1";
            options.Senders = 2;
        });

        Assert.Equal("https://code@sentry.example/1", options.Dsn);
        Assert.Equal("code", options.Environment);
        Assert.Equal("code@1", options.Release);
        Assert.Equal(2, options.Senders);
    }

    [Fact]
    public void Configure_EmptyVariable_SwitchesTheSectionsDsnOff() =>
        Assert.Equal("", Options<SentryExporterOptions>([.. Section, new("SENTRY_DSN", "")]).Dsn);

    [Theory]
    [InlineData(null, null, "true")]
    [InlineData("", null, "true")]
    [InlineData("0", null, "0")]
    [InlineData("http://variable:1/stream", null, "http://variable:1/stream")]
    [InlineData("http://variable:1/stream", "http://code:1/stream", "http://code:1/stream")]
    [InlineData("http://variable:1/stream", "0", "0")]
    [InlineData("http://variable:1/stream", "1", "http://variable:1/stream")]
    [InlineData("1", "1", "1")]
    [InlineData("0", "1", "1")]
    public void Configure_Spotlight_IsByCodeThenVariableThenSection(string? variable, string? code, string expected) =>
        Assert.Equal(
            expected,
            Options<SentryExporterOptions>(
                [.. Section, new("SENTRY_SPOTLIGHT", variable)],
                options => options.Spotlight = code ?? options.Spotlight).Spotlight);

    [Fact]
    public void Configure_SampleRateVariable_SetsTheRateAndCodeWins()
    {
        KeyValuePair<string, string?>[] variable = [new("SENTRY_TRACES_SAMPLE_RATE", "0.25")];

        Assert.Equal(0.25, Options<LlmTracingOptions>(variable).TracesSampleRate);
        Assert.Equal(
            0.5, Options<LlmTracingOptions>(variable, tracing: static o => o.TracesSampleRate = 0.5).TracesSampleRate);
        Assert.Equal(1, Options<LlmTracingOptions>([]).TracesSampleRate);
        Assert.Equal(1, Options<LlmTracingOptions>([new("SENTRY_TRACES_SAMPLE_RATE", "")]).TracesSampleRate);
    }

    [Theory]
    [InlineData("half")]
    [InlineData("0,5")]
    [InlineData("1.5")]
    [InlineData("-0.1")]
    [InlineData("NaN")]
    public void Configure_SampleRateVariableMalformed_IsRefused(string rate) =>
        Assert.Throws<OptionsValidationException>(
            () => Options<LlmTracingOptions>([new("SENTRY_TRACES_SAMPLE_RATE", rate)]));

    private static T Options<T>(
        IEnumerable<KeyValuePair<string, string?>> settings,
        Action<SentryExporterOptions>? configure = null,
        Action<LlmTracingOptions>? tracing = null)
        where T : class
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddSingleton<IHostEnvironment>(new Host());
        services.AddLlmTracing(tracing).AddSentryExporter(configure);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<T>>().Value;
    }

    private sealed class Host : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Staging";

        public string ApplicationName { get; set; } = "tests";

        public string ContentRootPath { get; set; } = "/";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
