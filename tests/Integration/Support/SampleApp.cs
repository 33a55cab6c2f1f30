using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The sample as its users run it, on a real socket, with settings of the test's.</summary>
internal sealed class SampleApp : WebApplicationFactory<Program>
{
    private readonly Dictionary<string, string?> _settings;

    public SampleApp(params IEnumerable<(string Key, string? Value)> settings)
    {
        _settings = settings.ToDictionary(setting => setting.Key, setting => setting.Value);

        // Not UseKestrel(0), which changes the server's addresses while the program, on its own thread, may be starting
        // it already: one start in thirty failed.
        UseKestrel();
    }

    public RecordingLogs Logs { get; } = new();

    public Uri Address => ClientOptions.BaseAddress;

    /// <summary>Starts the sample with a provider's SDK speaking to <paramref name="baseUrl"/>.</summary>
    public static SampleApp Start(SentryIngest ingest, string provider, string? baseUrl = null)
    {
        var app = new SampleApp(
            ("SENTRY_DSN", ingest.Dsn),
            ("Llm:Provider", provider),
            ("Llm:BaseUrl", baseUrl),
            ("Llm:ApiKey", "test-key"),
            ("Llm:Model", "asked-model"));
        app.StartServer();
        return app;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        builder.UseSetting("urls", "http://127.0.0.1:0");
        builder.UseEnvironment("Production");
        builder.ConfigureTestServices(services => services.AddSingleton<ILoggerProvider>(Logs));
    }
}
