namespace LlmTracing.Benchmarks.Load.Server;

/// <summary>The server under load: one variant, and the same streams in all of them.</summary>
internal static class StreamServer
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(Variant variant, string[] settings)
    {
        // Nothing of the machine's own settings.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = settings, EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.ConfigureHttpJsonOptions(static options =>
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, LoadJson.Default));
        var isTraced = variant is Variant.Ours or Variant.Sampled;
        if (isTraced)
        {
            var tracing = builder.Services.AddLlmTracing(static options => options.Filter = static context => context.Request.Path != "/use");
            if (variant == Variant.Sampled)
            {
                tracing.AddSentryExporter();
            }
        }

        await using var app = builder.Build();
        if (isTraced)
        {
            app.UseLlmTracing();
        }

        app.MapGet("/use", static (bool collects) => TypedResults.Json(ServerUse.Now(collects), LoadJson.Default.ServerUse));
        Map(app, variant);
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());

        // Whoever started it closes its input when it is done.
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }

    private static void Map(WebApplication app, Variant variant)
    {
        switch (variant)
        {
            case Variant.Bare:
                MapBare(app);
                break;
            case Variant.Floor:
                MapFloor(app);
                break;
            case Variant.Typed:
                MapTyped(app);
                break;
            default:
                MapTraced(app);
                break;
        }
    }

    private static void MapBare(WebApplication app)
    {
        app.MapGet("/text", static ([AsParameters] StreamRequest request, HttpContext context) =>
            BareLoop.WriteAsync(Chunks.Texts(request, context.RequestAborted), context, BareLoop.WriteText));
        app.MapGet("/json", static ([AsParameters] StreamRequest request, HttpContext context) =>
            BareLoop.WriteAsync(Chunks.Json(request, context.RequestAborted), context, BareLoop.WriteJson));
        app.MapGet("/beats", static ([AsParameters] StreamRequest request, HttpContext context) =>
            BareLoop.HoldAsync(Chunks.Texts(request, context.RequestAborted), context, Heartbeat));
    }

    private static void MapFloor(WebApplication app)
    {
        var poster = new BarePoster(new Uri(app.Configuration["SENTRY_DSN"]!));
        app.MapGet("/text", async ([AsParameters] StreamRequest request, HttpContext context) =>
        {
            await BareLoop.WriteAsync(Chunks.Texts(request, context.RequestAborted), context, BareLoop.WriteText);
            poster.Post();
        });
        app.MapGet("/json", async ([AsParameters] StreamRequest request, HttpContext context) =>
        {
            await BareLoop.WriteAsync(Chunks.Json(request, context.RequestAborted), context, BareLoop.WriteJson);
            poster.Post();
        });
    }

    // It has no heartbeats.
    private static void MapTyped(WebApplication app)
    {
        app.MapGet("/text", static ([AsParameters] StreamRequest request, CancellationToken aborted) =>
            TypedResults.ServerSentEvents(Chunks.Texts(request, aborted)));
        app.MapGet("/json", static ([AsParameters] StreamRequest request, CancellationToken aborted) =>
            TypedResults.ServerSentEvents(Chunks.Json(request, aborted)));
    }

    private static void MapTraced(WebApplication app)
    {
        var call = new LlmCall("gpt-4o-mini") { Provider = "openai" };
        var beating = new TracedSseOptions { Heartbeat = Heartbeat };
        app.MapGet("/text", ([AsParameters] StreamRequest request, CancellationToken aborted) =>
            Results.TracedSse(Chunks.Texts(request, aborted), call));
        app.MapGet("/json", ([AsParameters] StreamRequest request, CancellationToken aborted) =>
            Results.TracedSse(Chunks.Json(request, aborted), call));
        app.MapGet("/beats", ([AsParameters] StreamRequest request, CancellationToken aborted) =>
            Results.TracedSse(Chunks.Texts(request, aborted), call, beating));
    }
}
