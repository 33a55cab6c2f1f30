using System.Globalization;

namespace LlmTracing.Benchmarks.Load.Server;

/// <summary>Takes whatever it is sent, and says so: a Sentry that is never busy. Tells how much it was, when it is asked.</summary>
internal static class IngestServer
{
    private static int _received;

    public static async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapGet("/received", static () => TypedResults.Text(Volatile.Read(ref _received).ToString(CultureInfo.InvariantCulture)));
        app.MapPost("/{**path}", static async (HttpContext context) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            Interlocked.Increment(ref _received);
            await context.Response.WriteAsync("{}");
        });
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }
}
