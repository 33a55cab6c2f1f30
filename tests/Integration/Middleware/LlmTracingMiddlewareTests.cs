using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Middleware;

public sealed class LlmTracingMiddlewareTests
{
    [Fact]
    public async Task Invoke_UseLlmTracingTwice_OneTransaction()
    {
        await using var app = await TestApp.StartAsync(static app =>
        {
            app.UseLlmTracing();
            app.MapGet("/", StreamNothing);
        });

        await app.GetAsync("/");
        await app.StopAsync();

        Assert.Single(Assert.Single(app.Sink.Requests).Spans);
    }

    [Fact]
    public async Task Filter_False_NothingIsRecordedAndNothingBeneathIt()
    {
        Activity? root = null;
        Activity? beneath = null;
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Options = static options => options.Filter = static context => context.Request.Path != "/health",
            Inside = app =>
            {
                app.MapGet("/chat", StreamNothing);
                app.MapGet("/health", () =>
                {
                    root = LlmTrace.Transaction;
                    using var tool = LlmTrace.StartTool("search");
                    beneath = tool.Activity;
                    return StreamNothing();
                });
            },
        });

        await app.GetAsync("/health");
        await app.GetAsync("/chat");
        await app.StopAsync();

        Assert.Equal("GET /chat", Assert.Single(app.Sink.Requests).Root.Name);
        Assert.NotNull(root);
        Assert.False(root.Recorded);
        Assert.False(root.IsAllDataRequested);
        Assert.Empty(root.TagObjects);
        Assert.Empty(app.Sink.Of(root.TraceId));
        Assert.Null(beneath);
    }

    [Fact]
    public async Task Filter_Throws_RequestIsTracedAndTheErrorLoggedOnce()
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Options = static options => options.Filter = static _ => throw new FormatException("Bad filter."),
            Inside = static app => app.MapGet("/", static () => "fine"),
        });

        Assert.Equal("fine", await app.GetAsync("/"));
        await app.Sink.NextAsync();

        var error = Assert.Single(app.Logs.Errors);
        Assert.Equal(("LlmTracing.Middleware", 102, "FilterFailed"), (error.Category, error.Event.Id, error.Event.Name));
        Assert.Equal("Bad filter.", Assert.IsType<FormatException>(error.Exception).Message);
    }

    [Fact]
    public async Task Invoke_TwoHostsInOneProcess_EachCollectsItsOwnRequests()
    {
        await using var first = await TestApp.StartAsync(static app => app.MapGet("/first", StreamNothing));
        await using var second = await TestApp.StartAsync(static app => app.MapGet("/second", StreamNothing));

        for (var i = 0; i < 5; i++)
        {
            await Task.WhenAll(first.GetAsync("/first"), second.GetAsync("/second"));
        }

        await Task.WhenAll(first.StopAsync(), second.StopAsync());

        Assert.Equal(Enumerable.Repeat("GET /first", 5), first.Sink.Requests.Select(one => one.Root.Name));
        Assert.Equal(Enumerable.Repeat("GET /second", 5), second.Sink.Requests.Select(one => one.Root.Name));
        Assert.All(first.Sink.Requests.Concat(second.Sink.Requests), static one => Assert.Single(one.Spans));
    }

    [Fact]
    public async Task Invoke_AnswerStreamed_LeavesTheCallersCurrentSpanAlone()
    {
        var before = new List<Activity?>();
        var after = new List<Activity?>();
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Outside = app => app.Use(async (context, next) =>
            {
                before.Add(Activity.Current);
                await next(context);
                after.Add(Activity.Current);
            }),
            Inside = app =>
            {
                app.Use(async (context, next) =>
                {
                    before.Add(Activity.Current);
                    await next(context);
                    after.Insert(0, Activity.Current);
                });
                app.MapGet("/", () => new ScriptedSource("a", "b").ToResult(SourceShape.Iterator));
            },
        });

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal([transaction.Root.SpanId, transaction.Root.SpanId], before.Select(span => span!.SpanId));
        Assert.Equal(before, after);
    }

    private static IResult StreamNothing() => Results.TracedSse(AsyncEnumerable.Empty<string>(), new LlmCall("m"));
}
