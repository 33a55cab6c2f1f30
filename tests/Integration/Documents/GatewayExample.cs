using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The examples of docs/gateway.md.</summary>
internal static class GatewayExample
{
    public static void Add(WebApplicationBuilder builder, string key)
    {
        builder.Services.AddHttpClient("provider", client =>
            {
                client.BaseAddress = new Uri("https://api.openai.com/");
                client.DefaultRequestHeaders.Authorization = new("Bearer", key);
            })
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All });
    }

    public static void Map(WebApplication app)
    {
        app.MapPost("/v1/chat/completions", async (HttpContext context, IHttpClientFactory clients) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
            {
                Content = new StreamContent(context.Request.Body) { Headers = { ContentType = new("application/json") } },
            };
            var upstream = await clients.CreateClient("provider")
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            return Results.TracedSseProxy(upstream, new LlmCall { Provider = "openai" });
        });
    }

    public static IResult NameTheDialect(HttpResponseMessage upstream)
    {
        return Results.TracedSseProxy(upstream, new LlmCall("gemini-2.5-flash") { Provider = "gcp.gemini", Dialect = LlmDialect.Gemini });
    }
}
