using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Middleware.Transactions;

public sealed class RequestSpanTests
{
    [Theory]
    [InlineData("GET", "/items/7?key=secret", "GET /items/{id}", "/items/{id}", 200)]
    [InlineData("GET", "/bare", "GET /bare", "/bare", 200)]
    [InlineData("POST", "/items/7", "POST /items/7", null, 405)]
    [InlineData("GET", "/nowhere/7", "GET /nowhere/7", null, 404)]
    [InlineData("BREW", "/any", "HTTP /any", "/any", 200)]
    public async Task Name_RequestOfAnyRoute_IsMethodAndPattern(
        string method, string target, string name, string? route, int status)
    {
        await using var app = await TestApp.StartAsync(static app =>
        {
            app.MapGet("/items/{id}", static (string id) => id);
            app.MapGet("bare", static () => "bare");
            app.MapMethods("/any", ["BREW"], static () => "tea");
        });

        using var response = await app.SendAsync(method, target);
        var root = (await app.Sink.NextAsync()).Root;

        Assert.Equal(name, root.Name);
        Assert.Equal(ActivityKind.Server, root.Kind);
        Assert.Equal("Microsoft.AspNetCore", root.Source);
        Assert.Equal(ActivityStatusCode.Unset, root.Status);
        Assert.Null(root.ParentSpanId);
        Assert.False(root.IsUnfinished);
        Assert.Equal(route, root[HttpAttributes.Route]);
        Assert.Equal(status, root[HttpAttributes.ResponseStatusCode]);
    }

    [Fact]
    public async Task Name_RoutingBehindTheMiddleware_IsStillThePattern()
    {
        await using var app = await TestApp.StartAsync(static app =>
        {
            app.UseRouting();
            app.MapGet("/late/{id}", static (string id) => id);
        });

        await app.GetAsync("/late/7");

        Assert.Equal("GET /late/{id}", (await app.Sink.NextAsync()).Root.Name);
    }

    // As a read of the body says it, before RequestAborted does.
    [Fact]
    public async Task Outcome_ReadFindsTheConnectionBroken_IsOfAClientThatLeft()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet(
            "/", static string () => throw new ConnectionResetException("The client reset the connection.")));

        await app.GetAsync("/");
        var root = (await app.Sink.NextAsync()).Root;

        Assert.Equal(StreamOutcome.ClientDisconnected, root.Outcome);
        Assert.Equal((ActivityStatusCode.Unset, null), (root.Status, root.Error));
    }

    [Theory]
    [InlineData("/items/7", "/items/{id}")]
    [InlineData("/nowhere", null)]
    public async Task Name_AppHasGivenItAnother_ItStays(string target, string? route)
    {
        await using var app = await TestApp.StartAsync(static app =>
        {
            app.Use(static (context, next) =>
            {
                Activity.Current!.DisplayName = "an answer";
                return next(context);
            });
            app.MapGet("/items/{id}", static (string id) => id);
        });

        using var response = await app.SendAsync("GET", target);

        var root = (await app.Sink.NextAsync()).Root;
        Assert.Equal(("an answer", route), (root.Name, root[HttpAttributes.Route]));
    }

    [Fact]
    public async Task Attributes_RequestWithEverything_AreExactlyThese()
    {
        await using var app = await TestApp.StartAsync(
            static app => app.MapGet("/items/{id}", static (string id) => id));

        using var response = await app.SendAsync(
            "GET", "/items/7?key=secret",
            ("User-Agent", "tests/1 (x)"), ("Authorization", "Bearer secret"), ("Cookie", "secret=1"));
        var root = (await app.Sink.NextAsync()).Root;

        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["http.request.method"] = "GET",
                ["http.response.status_code"] = 200,
                ["http.route"] = "/items/{id}",
                ["url.scheme"] = "http",
                ["url.path"] = "/items/7",
                ["server.address"] = "127.0.0.1",
                ["server.port"] = app.BaseUrl.Port,
                ["user_agent.original"] = "tests/1 (x)",
            },
            root.Attributes.ToDictionary());
        Assert.Equal(root.Attributes.Count, root.Attributes.DistinctBy(attribute => attribute.Key).Count());
    }

    [Fact]
    public async Task Attributes_UnknownMethod_IsOther()
    {
        await using var app = await TestApp.StartAsync(
            static app => app.MapMethods("/any", ["BREW"], static () => "tea"));

        using var response = await app.SendAsync("BREW", "/any");

        Assert.Equal("_OTHER", (await app.Sink.NextAsync()).Root[HttpAttributes.RequestMethod]);
    }

    [Fact]
    public async Task Status_500Returned_IsErrorWithTheCode()
    {
        await using var app = await TestApp.StartAsync(
            static app => app.MapGet("/", static () => Results.StatusCode(500)));

        await app.GetAsync("/");
        var root = (await app.Sink.NextAsync()).Root;

        Assert.Equal(ActivityStatusCode.Error, root.Status);
        Assert.Equal("500", root[GenAiAttributes.ErrorType]);
        Assert.Equal(500, root[HttpAttributes.ResponseStatusCode]);
        Assert.Null(root.Error);
    }

    [Fact]
    public async Task Status_ExceptionUnhandled_IsErrorWithTheException()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/", Throw));

        using var response = await app.SendAsync("GET", "/");
        var root = (await app.Sink.NextAsync()).Root;

        Assert.Equal(500, (int)response.StatusCode);
        AssertFailed(root, status: 500);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Status_ExceptionHandledInside_IsErrorUnderTheRouteThatThrew(bool isRoutedBehind)
    {
        await using var app = await TestApp.StartAsync(app =>
        {
            app.UseExceptionHandler("/error");
            if (isRoutedBehind)
            {
                app.UseRouting();
            }

            app.MapGet("/throws/{id}", Throw);
            app.MapGet("/error", static () => Results.Text("sorry", statusCode: 503));
        });

        using var response = await app.SendAsync("GET", "/throws/7");
        await app.StopAsync();
        var root = Assert.Single(app.Sink.Requests).Root;

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal("GET /throws/{id}", root.Name);
        AssertFailed(root, status: 503);
    }

    [Fact]
    public async Task Status_ExceptionHandledOutside_IsErrorInOneTransaction()
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Outside = static app => app.UseExceptionHandler("/error"),
            Inside = static app =>
            {
                app.MapGet("/throws/{id}", Throw);
                app.MapGet("/error", static () => Results.Text("sorry", statusCode: 500));
            },
        });

        using var response = await app.SendAsync("GET", "/throws/7");
        await app.StopAsync();
        var root = Assert.Single(app.Sink.Requests).Root;

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal("GET /throws/{id}", root.Name);
        AssertFailed(root, status: 500);
    }

    [Fact]
    public async Task Status_BadRequestThrown_IsItsCodeAndNoError()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet(
            "/", string () => throw new BadHttpRequestException("Too large.", StatusCodes.Status400BadRequest)));

        using var response = await app.SendAsync("GET", "/");
        var root = (await app.Sink.NextAsync()).Root;

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(400, root[HttpAttributes.ResponseStatusCode]);
        Assert.Equal(ActivityStatusCode.Unset, root.Status);
        Assert.Null(root[GenAiAttributes.ErrorType]);
        Assert.Null(root.Error);
    }

    [Fact]
    public async Task Status_ExceptionAfterTheClientLeft_IsNoError()
    {
        var gate = new ScriptGate(0);
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", async (HttpContext context) =>
        {
            await gate.PassAsync(context.RequestAborted);
            return "never";
        }));
        using var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");
        await gate.Reached.BoundAsync("request");

        client.Abort();
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(StreamOutcome.ClientDisconnected, transaction.Outcome);
        Assert.Equal(ActivityStatusCode.Unset, transaction.Root.Status);
        Assert.Null(transaction.Root[GenAiAttributes.ErrorType]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Status_ExceptionCannotDescribeItself_ReachesTheAppUnchanged(bool hasMessage)
    {
        var thrown = new MuteException(hasMessage);
        Exception? seen = null;
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Outside = app => app.Use(async (context, next) =>
            {
                seen = await CatchAsync(() => next(context));
                context.Response.StatusCode = 500;
            }),
            Inside = app => app.MapGet("/", string () => throw thrown),
        });

        using var response = await app.SendAsync("GET", "/");
        var root = (await app.Sink.NextAsync()).Root;

        Assert.Same(thrown, seen);
        AssertMute(root);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Status_ExceptionThatIsHandledCannotDescribeItself_AnswerIsTheApps(bool hasMessage)
    {
        Exception? seen = null;
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Outside = app => app.Use(async (context, next) => seen = await CatchAsync(() => next(context))),
            Inside = app =>
            {
                app.UseExceptionHandler(Answer503());
                app.MapGet("/", string () => throw new MuteException(hasMessage));
            },
        });

        using var response = await app.SendAsync("GET", "/");
        var root = (await app.Sink.NextAsync()).Root;

        Assert.Null(seen);
        Assert.Equal(503, (int)response.StatusCode);
        AssertMute(root);
    }

    [Fact]
    public async Task Status_ExceptionIsHandledInsideAfterTheClientLeft_IsNoError()
    {
        var gate = new ScriptGate(0);
        await using var app = await TestApp.StartAsync(app =>
        {
            app.UseExceptionHandler(Answer503());
            app.MapGet("/", async Task<string> (HttpContext context) =>
            {
                try
                {
                    await gate.PassAsync(context.RequestAborted);
                }
                catch (OperationCanceledException exception)
                {
                    throw new InvalidOperationException("The order was not stored.", exception);
                }

                return "never";
            });
        });
        using var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");
        await gate.Reached.BoundAsync("request");

        client.Abort();
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(StreamOutcome.ClientDisconnected, transaction.Outcome);
        Assert.Equal(ActivityStatusCode.Unset, transaction.Root.Status);
        Assert.Null(transaction.Root[GenAiAttributes.ErrorType]);
        Assert.Null(transaction.Root.Error);
    }

    // xunit's own would ask the exception for its message.
    private static async Task<Exception?> CatchAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private static string Throw() => throw new InvalidOperationException("It broke.");

    private static ExceptionHandlerOptions Answer503() => new()
    {
        ExceptionHandler = static context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        },
    };

    private static void AssertMute(RecordedSpan root)
    {
        Assert.Equal(ActivityStatusCode.Error, root.Status);
        Assert.Equal(typeof(MuteException).FullName, root[GenAiAttributes.ErrorType]);
        Assert.Equal(typeof(MuteException).FullName, root.Error?.Type);
    }

    private static void AssertFailed(RecordedSpan root, int status)
    {
        Assert.Equal(ActivityStatusCode.Error, root.Status);
        Assert.Equal(status, root[HttpAttributes.ResponseStatusCode]);
        Assert.Equal("System.InvalidOperationException", root[GenAiAttributes.ErrorType]);
        Assert.Equal("System.InvalidOperationException", root.Error?.Type);
        Assert.Equal("It broke.", root.Error?.Message);
    }
}
