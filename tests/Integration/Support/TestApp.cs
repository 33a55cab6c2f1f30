using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A small app of one's own on Kestrel, with LLM tracing and with no settings from outside the test.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestApp(WebApplication app, TransactionRecorder sink, FlushSink flush, RecordingLogs logs)
    {
        (_app, Sink, Flush, Logs) = (app, sink, flush, logs);
        BaseUrl = new Uri(app.Urls.Single());

        // HttpClient would send the trace of the test along, and so decide about sampling.
        Client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null, UseCookies = false })
        {
            BaseAddress = BaseUrl,
        };
        PlantedSecrets.AddTo(Client.DefaultRequestHeaders);
    }

    public Uri BaseUrl { get; }

    public HttpClient Client { get; }

    /// <summary>Gets the recorder of the app's transactions; it stands beside, and after, what a test has added.</summary>
    public TransactionRecorder Sink { get; }

    public FlushSink Flush { get; }

    public RecordingLogs Logs { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts an app with endpoints and otherwise with nothing but LLM tracing.</summary>
    public static Task<TestApp> StartAsync(Action<WebApplication> inside) => StartAsync(new TestAppSetup { Inside = inside });

    public static async Task<TestApp> StartAsync(TestAppSetup setup)
    {
        var (sink, flush, logs) = (new TransactionRecorder(), new FlushSink(), new RecordingLogs());
        var app = Build(setup, sink, flush, logs);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestApp(app, sink, flush, logs);
    }

    public Task<RawHttpClient> ConnectAsync() => RawHttpClient.ConnectAsync(BaseUrl);

    /// <summary>Sends a request and reads its answer to the end.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        string method, string target, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), target);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Deadline.BoundAsync("answer", null, token => Client.SendAsync(request, token));
    }

    /// <summary>Gets the text of a page, whatever its status.</summary>
    public async Task<string> GetAsync(string target)
    {
        using var response = await SendAsync("GET", target);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Stops the app: after it nothing more reaches the sink.</summary>
    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken).BoundAsync("stop of the app");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Logs.AssertNothingPlanted();
    }

    private static WebApplication Build(
        TestAppSetup setup, TransactionRecorder sink, FlushSink flush, RecordingLogs logs)
    {
        // An empty builder: the defaults would read the sample's appsettings.json and the machine's variables.
        var builder = WebApplication.CreateEmptyBuilder(new() { EnvironmentName = setup.Environment });
        builder.Configuration.AddInMemoryCollection(setup.Configuration);
        builder.Logging.AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
            options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = setup.Protocols));
        setup.WebHost(builder.WebHost);
        builder.Services.AddRoutingCore();
        setup.Services(builder.Services);
        setup.Tracing(builder.Services.AddLlmTracing(setup.Options));
        builder.Services.AddSingleton<ITransactionSink>(flush);
        builder.Services.AddTransactionRecorder(sink, keepOtherSinks: true);

        var app = builder.Build();
        setup.Outside(app);
        app.UseLlmTracing();
        setup.Inside(app);
        return app;
    }
}
