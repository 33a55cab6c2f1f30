using System.Diagnostics.Metrics;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.StreamEndings.Soak;

/// <summary>An app that streams what each request asks for, over both protocols, and records nothing but counts.</summary>
internal sealed class SoakApp(WebApplication app, SoakCounts counts) : IAsyncDisposable
{
    private static readonly TracedSseOptions Draining = new() { OnDisconnect = DisconnectBehavior.DrainUpstream };

    public Uri Http1 => new(app.Urls.First());

    public Uri Http2 => new(app.Urls.Last());

    public static async Task<SoakApp> StartAsync(SoakCounts counts)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static options =>
        {
            options.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
            options.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddLlmTracing(static options => options.JournalDirectory = "");
        builder.Services.AddSingleton<ITransactionSink>(counts);
        var app = builder.Build();
        app.UseLlmTracing();
        app.MapGet("/", static (HttpContext context) =>
        {
            var plan = SoakPlan.Of(context.Request.Query);
            return Results.TracedSse(StreamAsync(plan), options: plan.Drains ? Draining : null);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        counts.ListenTo(app.Services.GetRequiredService<IMeterFactory>());
        return new SoakApp(app, counts);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        counts.Dispose();
    }

    private static async IAsyncEnumerable<string> StreamAsync(
        SoakPlan plan, [EnumeratorCancellation] CancellationToken token = default)
    {
        var heeded = plan.HonoursToken ? token : CancellationToken.None;
        for (var i = 0; i < plan.Chunks; i++)
        {
            if (i == plan.FailsAt)
            {
                throw new InvalidOperationException("The provider failed.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(plan.WaitMilliseconds + 1)), heeded);
            yield return "chunk";
        }
    }
}
