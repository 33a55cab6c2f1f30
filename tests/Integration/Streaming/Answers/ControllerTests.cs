using System.Net;
using System.Text.Json;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Answers;

/// <summary>Streamed answers from MVC.</summary>
public sealed class ControllerTests
{
    [Theory]
    [InlineData("Plain")]
    [InlineData("PlainLater")]
    [InlineData("Typed")]
    [InlineData("TypedLater")]
    [InlineData("TypedLaterAsAValue")]
    [InlineData("OneOf")]
    [InlineData("OneOfLater")]
    [InlineData("Untyped")]
    [InlineData("Cached")]
    public async Task Action_WhateverItsReturnType_StreamsAndIsTraced(string action)
    {
        await using var app = await AnswerApp.StartAsync(new ScriptedSource("a", "b"));

        await AnswerApp.AssertAnswersAsync(app, $"/mvc/{action}");
    }

    [Theory]
    [InlineData("OneOf")]
    [InlineData("OneOfLater")]
    public async Task Action_GivesItsOtherAnswer_AsksNoProvider(string action)
    {
        var source = new ScriptedSource("a", "b");
        await using var app = await AnswerApp.StartAsync(source);

        using var response = await app.SendAsync("GET", $"/mvc/{action}?found=false");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty((await app.Sink.NextAsync()).Spans);
        Assert.Equal(0, source.Enumerations);
    }

    [Theory]
    [InlineData("Plain")]
    [InlineData("Typed")]
    public async Task Action_BothKindsOfJsonOptionsAreSet_EventsAreWrittenByThoseOfResults(string action)
    {
        await using var app = await AnswerApp.StartAsync(new ScriptedSource("a"), services: static services =>
        {
            services.ConfigureHttpJsonOptions(
                static options => options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper);
            services.Configure<JsonOptions>(
                static options => options.JsonSerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower);
        });

        var body = await app.GetAsync($"/mvc/{action}");

        Assert.StartsWith(":\n\ndata: {\"THE_TEXT\":\"a\",\"INDEX\":0}\n\n", body, StringComparison.Ordinal);
    }
}
