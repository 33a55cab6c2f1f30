using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Benchmarks.Micro.Transactions;

/// <summary>A server on loopback that reads what is posted, and says that all is well.</summary>
internal sealed class LocalIngest : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LocalIngest(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<LocalIngest> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.Run(static async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync("{}");
        });
        await app.StartAsync();
        return new LocalIngest(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
