using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.SentrySdk.Documents;

/// <summary>The C# of docs/sentry-sdk.md.</summary>
internal static class SentrySdkExample
{
    public static WebApplication Build(WebApplicationBuilder builder, string dsn)
    {
        builder.WebHost.UseSentry(options => options.Dsn = dsn);
        builder.Services.AddLlmTracing().UseSentrySdk();

        var app = builder.Build();
        app.UseLlmTracing();
        return app;
    }
}
