using System.Net;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace LlmTracing.Tests.Integration.Streaming.Answers;

/// <summary>Streamed answers from the handlers of minimal APIs, through groups and endpoint filters.</summary>
public sealed class HandlerTests
{
    public static TheoryData<string> Targets =>
    [
        "/plain", "/later", "/value", "/typed", "/typed-later", "/typed-value", "/one-of", "/one-of-later",
    ];

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Handler_WhateverItsReturnType_StreamsAndIsTraced(string target)
    {
        await using var app = await AnswerApp.StartAsync(new ScriptedSource("a", "b"), Map);

        await AnswerApp.AssertAnswersAsync(app, target);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Handler_InAGroupWithAFilterThatPassesOn_StreamsAndIsTraced(string target)
    {
        object? seen = null;
        await using var app = await AnswerApp.StartAsync(new ScriptedSource("a", "b"), app =>
        {
            var group = app.MapGroup("/outer").MapGroup("/inner");
            group.AddEndpointFilter(async (context, next) => seen = await next(context));
            Map(group);
        });

        await AnswerApp.AssertAnswersAsync(app, $"/outer/inner{target}");

        Assert.IsAssignableFrom<IResult>(seen);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task Handler_FilterWrapsTheResult_StreamsAndIsTraced(string target)
    {
        await using var app = await AnswerApp.StartAsync(new ScriptedSource("a", "b"), app =>
        {
            var group = app.MapGroup("/").AddEndpointFilter(
                async (context, next) => new WithHeader((IResult)(await next(context))!));
            Map(group);
        });

        await AnswerApp.AssertAnswersAsync(app, target);
        using var response = await app.SendAsync("GET", target);

        Assert.Equal("yes", Assert.Single(response.Headers.GetValues("X-Wrapped")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Handler_ResultIsNeverExecuted_OpensNoSpanAndAsksNoProvider(bool isMade)
    {
        var source = new ScriptedSource("a", "b");
        await using var app = await AnswerApp.StartAsync(source, app => Map(app.MapGroup("/").AddEndpointFilter(
            async (context, next) =>
            {
                if (isMade)
                {
                    await next(context);
                }

                return TypedResults.Conflict();
            })));

        using var response = await app.SendAsync("GET", "/typed");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Empty((await app.Sink.NextAsync()).Spans);
        Assert.Equal((0, 0), (source.Enumerations, source.Disposals));
        Assert.Empty(app.Logs.Errors);
    }

    [Fact]
    public async Task Handler_GivesItsOtherAnswer_AsksNoProvider()
    {
        var source = new ScriptedSource("a", "b");
        await using var app = await AnswerApp.StartAsync(source, Map);

        using var response = await app.SendAsync("GET", "/one-of-later?found=false");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty((await app.Sink.NextAsync()).Spans);
        Assert.Equal(0, source.Enumerations);
    }

    private static void Map(IEndpointRouteBuilder app)
    {
        // The type of the delegate is said where the context is the only parameter and a task is returned: else it is a
        // RequestDelegate, whose result is thrown away.
        app.MapGet("/plain", static IResult (HttpContext context) => Pieces.Answer(context));
        app.MapGet("/later", (Delegate)(static (HttpContext context) => Task.FromResult<IResult>(Pieces.Answer(context))));
        app.MapGet("/value", static (HttpContext context) => ValueTask.FromResult<IResult>(Pieces.Answer(context)));
        app.MapGet("/typed", static (HttpContext context) => Pieces.Answer(context));
        app.MapGet("/typed-later", (Delegate)(static (HttpContext context) => Task.FromResult(Pieces.Answer(context))));
        app.MapGet("/typed-value", static (HttpContext context) => ValueTask.FromResult(Pieces.Answer(context)));
        app.MapGet("/one-of", OneOf);
        app.MapGet("/one-of-later", static async (HttpContext context, bool found = true) =>
        {
            await Task.Yield();
            return OneOf(context, found);
        });
    }

    private static Results<TracedSseResult<Piece, Piece>, NotFound> OneOf(HttpContext context, bool found = true) =>
        found ? Pieces.Answer(context) : TypedResults.NotFound();

    private sealed class WithHeader(IResult inner) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers["X-Wrapped"] = "yes";
            return inner.ExecuteAsync(httpContext);
        }
    }
}
