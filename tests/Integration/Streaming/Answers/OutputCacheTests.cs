using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Answers;

/// <summary>Streamed answers behind the framework's output cache, told to keep everything.</summary>
public sealed class OutputCacheTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/plain")]
    [InlineData("/typed")]
    [InlineData("/one-of")]
    [InlineData("/mvc/Plain")]
    [InlineData("/mvc/Typed")]
    [InlineData("/kept/plain")]
    [InlineData("/kept/typed")]
    [InlineData("/kept/one-of")]
    [InlineData("/group/plain")]
    [InlineData("/group/typed")]
    [InlineData("/group/one-of")]
    public async Task OutputCache_SameRequestTwice_StreamsTwice(string target)
    {
        var source = new ScriptedSource("a", "b");
        await using var app = await AnswerApp.StartAsync(source, Map, AddOutputCache);

        await AnswerApp.AssertAnswersAsync(app, target);
        await AnswerApp.AssertAnswersAsync(app, target);

        Assert.Equal(2, source.Enumerations);
    }

    [Theory]
    [InlineData("/typed")]
    [InlineData("/later")]
    [InlineData("/value")]
    [InlineData("/one-of")]
    [InlineData("/mvc/Typed")]
    [InlineData("/mvc/TypedLater")]
    [InlineData("/mvc/OneOf")]
    [InlineData("/kept/typed")]
    [InlineData("/kept/later")]
    [InlineData("/kept/value")]
    [InlineData("/group/typed")]
    [InlineData("/group/one-of")]
    [InlineData("/plain-not-kept")]
    public async Task OutputCache_SameRequestWhileTheFirstStreams_DoesNotWaitForIt(string target)
    {
        var gate = new ScriptGate(afterChunks: 1);
        await using var app = await AnswerApp.StartAsync(
            new ScriptedSource("a", "b") { Gates = [gate] }, Map, AddOutputCache);
        using var first = await app.ConnectAsync();
        using var second = await app.ConnectAsync();

        await first.SendAsync("GET", target);
        var firstWaits = await ReadTwoFramesAsync(first);
        await second.SendAsync("GET", target);
        var secondWaits = await ReadTwoFramesAsync(second);
        gate.Release();

        Assert.Equal([":", """data: {"theText":"a","index":0}"""], firstWaits);
        Assert.Equal(firstWaits, secondWaits);
        foreach (var client in new[] { first, second })
        {
            Assert.Equal("""data: {"theText":"b","index":1}""", await client.ReadFrameAsync(Cancellation));
        }
    }

    [Theory]
    [InlineData("/text")]
    [InlineData("/one-of?text=true")]
    [InlineData("/kept/one-of?text=true")]
    [InlineData("/group/one-of?text=true")]
    public async Task OutputCache_OtherAnswers_AreKept(string target)
    {
        await using var app = await AnswerApp.StartAsync(new ScriptedSource(), Map, AddOutputCache);

        // Nothing is kept of who says who it is.
        app.Client.DefaultRequestHeaders.Clear();

        using var first = await app.SendAsync("GET", target);
        using var second = await app.SendAsync("GET", target);

        Assert.Null(first.Headers.Age);
        Assert.NotNull(second.Headers.Age);
    }

    private static void Map(WebApplication app)
    {
        app.UseOutputCache();
        app.MapGet("/plain-not-kept", static IResult (HttpContext context) => Pieces.Answer(context))
            .CacheOutput(static policy => policy.NoCache());
        Map(app, static _ => { });
        Map(app.MapGroup("/kept"), static endpoint => endpoint.CacheOutput());
        Map(app.MapGroup("/group").CacheOutput(), static _ => { });
    }

    private static void Map(IEndpointRouteBuilder app, Action<RouteHandlerBuilder> then)
    {
        then(app.MapGet("/plain", static IResult (HttpContext context) => Pieces.Answer(context)));
        then(app.MapGet("/typed", static (HttpContext context) => Pieces.Answer(context)));
        then(app.MapGet("/later", (Delegate)(static (HttpContext context) => Task.FromResult(Pieces.Answer(context)))));
        then(app.MapGet("/value", static (HttpContext context) => ValueTask.FromResult(Pieces.Answer(context))));
        then(app.MapGet("/one-of", static Results<TracedSseResult<Piece, Piece>, Ok<string>> (
            HttpContext context, bool text = false) => text ? TypedResults.Ok("text") : Pieces.Answer(context)));
        then(app.MapGet("/text", static () => "text"));
    }

    // A policy of every endpoint, but for those that have one of their own or of their group.
    private static void AddOutputCache(IServiceCollection services) =>
        services.AddOutputCache(static options => options.AddBasePolicy(static policy => policy.Cache().With(
            static context => !context.HttpContext.Request.Path.StartsWithSegments("/kept", StringComparison.Ordinal)
                && !context.HttpContext.Request.Path.StartsWithSegments("/group", StringComparison.Ordinal))));

    private static async Task<List<string?>> ReadTwoFramesAsync(RawHttpClient client)
    {
        await client.ReadHeadAsync(Cancellation);
        return [await client.ReadFrameAsync(Cancellation), await client.ReadFrameAsync(Cancellation)];
    }
}
