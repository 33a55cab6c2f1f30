using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The sample as its users run it, with settings of the test's; on a real socket, but where said.</summary>
internal sealed class SampleApp : WebApplicationFactory<Program>
{
    private readonly Dictionary<string, string?> _settings;

    public SampleApp(params IEnumerable<(string Key, string? Value)> settings)
        : this(settings.ToDictionary(setting => setting.Key, setting => setting.Value))
    {
        // Not UseKestrel(0), which changes the server's addresses while the program, on its own thread, may be starting
        // it already: one start in thirty failed.
        UseKestrel();
    }

    private SampleApp(Dictionary<string, string?> settings) => _settings = settings;

    public RecordingLogs Logs { get; } = new();

    public Uri Address => ClientOptions.BaseAddress;

    /// <summary>
    /// Makes the sample with a provider's SDK speaking to <paramref name="baseUrl"/>. It is not on a socket yet: a factory
    /// cannot be derived from one that is.
    /// </summary>
    public static SampleApp For(string provider, string? baseUrl = null, SentryIngest? ingest = null) => new(
        new Dictionary<string, string?>
        {
            ["SENTRY_DSN"] = ingest?.Dsn,
            ["Llm:Provider"] = provider,
            ["Llm:BaseUrl"] = baseUrl,
            ["Llm:ApiKey"] = PlantedSecrets.ApiKey,
            ["Llm:Model"] = "asked-model",
        });

    /// <summary>Starts the sample, sending its transactions to an ingest.</summary>
    public static SampleApp Start(SentryIngest ingest, string provider, string? baseUrl = null)
    {
        var app = For(provider, baseUrl, ingest);
        app.UseKestrel();
        app.StartServer();
        return app;
    }

    /// <summary>Gives what comes after the event with which its streams open.</summary>
    public static IReadOnlyList<SseFrame> AfterTrace(IReadOnlyList<SseFrame> frames)
    {
        Assert.Equal("trace", frames[0].Event);
        return [.. frames.Skip(1)];
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Logs.AssertNothingPlanted();
    }

    protected override void ConfigureClient(HttpClient client)
    {
        base.ConfigureClient(client);
        PlantedSecrets.AddTo(client.DefaultRequestHeaders);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        builder.UseSetting("LlmTracing:JournalDirectory", "");
        builder.UseSetting("urls", "http://127.0.0.1:0");
        builder.UseEnvironment("Production");
        builder.ConfigureTestServices(services => services.AddSingleton<ILoggerProvider>(Logs));
    }
}
