using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Answers;

/// <summary>Streamed answers behind the framework's cache that goes by headers, in an app that allows all to be kept.</summary>
public sealed class ResponseCachingTests
{
    [Theory]
    [InlineData("/typed")]
    [InlineData("/mvc/Cached")]
    public async Task ResponseCaching_SameRequestTwice_StreamsTwice(string target)
    {
        var source = new ScriptedSource("a", "b");
        await using var app = await AnswerApp.StartAsync(source, Map, AddCaching);

        await AnswerApp.AssertAnswersAsync(app, target);
        await AnswerApp.AssertAnswersAsync(app, target);

        Assert.Equal(2, source.Enumerations);
    }

    [Fact]
    public async Task ResponseCaching_OtherAnswers_AreKept()
    {
        await using var app = await AnswerApp.StartAsync(new ScriptedSource(), Map, AddCaching);

        // Nothing is kept of who says who it is.
        app.Client.DefaultRequestHeaders.Clear();

        using var first = await app.SendAsync("GET", "/text");
        using var second = await app.SendAsync("GET", "/text");

        Assert.Null(first.Headers.Age);
        Assert.NotNull(second.Headers.Age);
    }

    private static void Map(WebApplication app)
    {
        app.UseResponseCaching();
        app.Use(static (context, next) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            return next(context);
        });
        app.MapGet("/typed", static (HttpContext context) => Pieces.Answer(context));
        app.MapGet("/text", static () => "text");
    }

    private static void AddCaching(IServiceCollection services) => services.AddResponseCaching();
}
