using System.Net;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Answers;

/// <summary>Streamed answers that the app refuses to give.</summary>
public sealed class AuthorizationTests
{
    [Theory]
    [InlineData("/typed", HttpStatusCode.Unauthorized)]
    [InlineData("/mvc/Guarded", HttpStatusCode.Unauthorized)]
    [InlineData("/plain", HttpStatusCode.Redirect)]
    public async Task RequireAuthorization_StrangerAsks_IsRefusedAndNoProviderAsked(string target, HttpStatusCode status)
    {
        var source = new ScriptedSource("a", "b");
        await using var app = await AnswerApp.StartAsync(source, Map, AddCookies);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });

        using var response = await client.GetAsync(new Uri(app.BaseUrl, target), TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
        Assert.Empty((await app.Sink.NextAsync()).Spans);
        Assert.Equal(0, source.Enumerations);
    }

    private static void Map(WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/typed", static (HttpContext context) => Pieces.Answer(context)).RequireAuthorization();
        app.MapGet("/plain", static IResult (HttpContext context) => Pieces.Answer(context)).RequireAuthorization();
    }

    private static void AddCookies(IServiceCollection services) =>
        services.AddAuthorization()
            .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
}
