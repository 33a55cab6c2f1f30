namespace LlmTracing.Benchmarks.Load.Server;

/// <summary>The server under load: one variant, and the same streams in all of them.</summary>
internal static class StreamServer
{
    public static async Task<int> RunAsync(Variant variant, string[] settings)
    {
        // Nothing of the machine's own settings.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = settings, EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.ConfigureHttpJsonOptions(static options =>
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, LoadJson.Default));
        if (variant >= Variant.Ours)
        {
            var tracing = builder.Services.AddLlmTracing();
            if (variant == Variant.Sampled)
            {
                tracing.AddSentryExporter();
            }
        }

        await using var app = builder.Build();
        if (variant >= Variant.Ours)
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
        var call = new LlmCall("gpt-4o-mini") { Provider = "openai" };
        switch (variant)
        {
            case Variant.Bare:
                app.MapGet("/text", static ([AsParameters] StreamRequest request, HttpContext context) =>
                    BareLoop.WriteAsync(Chunks.Texts(request, context.RequestAborted), context, BareLoop.WriteText));
                app.MapGet("/json", static ([AsParameters] StreamRequest request, HttpContext context) =>
                    BareLoop.WriteAsync(Chunks.Json(request, context.RequestAborted), context, BareLoop.WriteJson));
                break;
            case Variant.Typed:
                app.MapGet("/text", static ([AsParameters] StreamRequest request, CancellationToken aborted) =>
                    TypedResults.ServerSentEvents(Chunks.Texts(request, aborted)));
                app.MapGet("/json", static ([AsParameters] StreamRequest request, CancellationToken aborted) =>
                    TypedResults.ServerSentEvents(Chunks.Json(request, aborted)));
                break;
            default:
                app.MapGet("/text", ([AsParameters] StreamRequest request, CancellationToken aborted) =>
                    Results.TracedSse(Chunks.Texts(request, aborted), call));
                app.MapGet("/json", ([AsParameters] StreamRequest request, CancellationToken aborted) =>
                    Results.TracedSse(Chunks.Json(request, aborted), call));
                break;
        }
    }
}
