using System.Runtime.CompilerServices;
using System.Text.Json;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.SentryExporter;

/// <remarks>
/// Seen to fail: without <c>ExceptionRecorder</c> in TransactionCollector an error has no stack, and one that passes several
/// spans is sent for each; without the check of causes in FailedSpan the inner exception is sent twice.
/// </remarks>
public sealed class ErrorEventTests
{
    [Fact]
    public async Task Request_Throws_ErrorOfItsSpanIsSentWithItsStack()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest, static app => app.MapGet("/orders/{id}", () => FailAsync()));

        await app.SendAsync("GET", "/orders/7?card=4111");
        var (transaction, error) = (await ingest.NextAsync(), await ingest.NextErrorAsync());
        await app.StopAsync();

        var trace = error.GetProperty("contexts").GetProperty("trace");
        Assert.Equal((transaction.TraceId, transaction.SpanId), (Text(trace, "trace_id"), Text(trace, "span_id")));
        Assert.Equal("GET /orders/{id}", Text(error, "transaction"));
        Assert.Equal(("app@1", "test"), (Text(error, "release"), Text(error, "environment")));
        Assert.Equal($"{app.BaseUrl}orders/7", Text(error.GetProperty("request"), "url"));
        var exception = Assert.Single(Exceptions(error));
        Assert.Equal(("System.InvalidOperationException", "It broke."), (Text(exception, "type"), Text(exception, "value")));
        Assert.False(exception.GetProperty("mechanism").GetProperty("handled").GetBoolean());
        var frames = exception.GetProperty("stacktrace").GetProperty("frames").EnumerateArray().ToArray();
        Assert.Equal(
            [("FailAsync", typeof(ErrorEventTests).FullName, true), ("Break", typeof(ErrorEventTests).FullName, true)],
            frames[^2..].Select(frame => (Text(frame, "function"), Text(frame, "module"), frame.GetProperty("in_app").GetBoolean())));
        Assert.Equal("ErrorEventTests.cs", Text(frames[^1], "filename"));
        Assert.True(frames[^1].GetProperty("lineno").GetInt32() > 1);
        Assert.All(frames[..^2], frame => Assert.False(frame.GetProperty("in_app").GetBoolean(), frame.GetRawText()));
        ingest.AssertNoMoreErrors();
    }

    [Fact]
    public async Task Exception_PassesToolAgentAndRequest_IsSentOnceForTheToolThatThrewIt()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest, static app => app.MapGet("/", () =>
            LlmTrace.RunAsync(LlmTrace.StartAgent("clerk"), _ =>
                LlmTrace.RunAsync(LlmTrace.StartTool("lookup"), _ => FailAsync()))));

        await app.SendAsync("GET", "/");
        var (transaction, error) = (await ingest.NextAsync(), await ingest.NextErrorAsync());
        await app.StopAsync();

        var tool = transaction.Single("gen_ai.execute_tool");
        Assert.Equal(tool.SpanId, Text(error.GetProperty("contexts").GetProperty("trace"), "span_id"));
        Assert.False(Assert.Single(Exceptions(error)).GetProperty("mechanism").GetProperty("handled").GetBoolean());
        ingest.AssertNoMoreErrors();
    }

    [Fact]
    public async Task Exception_IsWrappedOnItsWay_IsSentOnceWithItsCauseFirst()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest, static app => app.MapGet("/", () =>
            LlmTrace.RunAsync(LlmTrace.StartAgent("clerk"), async _ =>
            {
                try
                {
                    await LlmTrace.RunAsync(LlmTrace.StartTool("lookup"), _ => FailAsync());
                }
                catch (InvalidOperationException exception)
                {
                    throw new NotSupportedException("The clerk gave up.", exception);
                }
            })));

        await app.SendAsync("GET", "/");
        var (transaction, error) = (await ingest.NextAsync(), await ingest.NextErrorAsync());
        await app.StopAsync();

        var agent = transaction.Single("gen_ai.invoke_agent");
        Assert.Equal(agent.SpanId, Text(error.GetProperty("contexts").GetProperty("trace"), "span_id"));
        Assert.Equal(["It broke.", "The clerk gave up."], Exceptions(error).Select(exception => Text(exception, "value")));
        Assert.All(Exceptions(error), exception => Assert.True(exception.TryGetProperty("stacktrace", out _)));
        ingest.AssertNoMoreErrors();
    }

    [Fact]
    public async Task Exception_AppGoesOn_IsHandled()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest, static app => app.MapGet("/", async () =>
        {
            try
            {
                await LlmTrace.RunAsync(LlmTrace.StartTool("lookup"), _ => FailAsync());
            }
            catch (InvalidOperationException)
            {
                return "without";
            }

            return "with";
        }));

        Assert.Equal("without", await app.GetAsync("/"));
        var (transaction, error) = (await ingest.NextAsync(), await ingest.NextErrorAsync());

        Assert.Equal("ok", transaction.Status);
        Assert.True(Assert.Single(Exceptions(error)).GetProperty("mechanism").GetProperty("handled").GetBoolean());
    }

    [Fact]
    public async Task Exceptions_OfParallelTools_AreSentEach()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest, static app => app.MapGet("/", () => Task.WhenAll(
            LlmTrace.RunAsync(LlmTrace.StartTool("a"), _ => FailAsync("a")),
            LlmTrace.RunAsync(LlmTrace.StartTool("b"), _ => FailAsync("b")))));

        await app.SendAsync("GET", "/");
        JsonElement[] errors = [await ingest.NextErrorAsync(), await ingest.NextErrorAsync()];
        await app.StopAsync();

        Assert.Equal(
            ["a", "b"], errors.Select(error => Text(Assert.Single(Exceptions(error)), "value")).Order(StringComparer.Ordinal));
        ingest.AssertNoMoreErrors();
    }

    [Fact]
    public async Task Exception_ExceptionHandlerAnswers_IsSentOnceAsUnhandled()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest, static app =>
        {
            app.UseExceptionHandler(static handler => handler.Run(static context => context.Response.WriteAsync("Sorry.")));
            app.MapGet("/", () => FailAsync());
        });

        Assert.Equal("Sorry.", await app.GetAsync("/"));
        var error = await ingest.NextErrorAsync();
        await app.StopAsync();

        Assert.False(Assert.Single(Exceptions(error)).GetProperty("mechanism").GetProperty("handled").GetBoolean());
        ingest.AssertNoMoreErrors();
    }

    [Fact]
    public async Task Stream_ProviderFails_ErrorIsSentForTheCall()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(ingest, static app => app.MapGet("/", () =>
            Results.TracedSse(BreakAfterAsync(2), new LlmCall("m") { Provider = "p" })));

        await app.GetAsync("/");
        var (transaction, error) = (await ingest.NextAsync(), await ingest.NextErrorAsync());
        await app.StopAsync();

        var call = transaction.Single("gen_ai.chat");
        Assert.Equal(call.SpanId, Text(error.GetProperty("contexts").GetProperty("trace"), "span_id"));
        var exception = Assert.Single(Exceptions(error));
        Assert.False(exception.GetProperty("mechanism").GetProperty("handled").GetBoolean());
        Assert.Contains(
            exception.GetProperty("stacktrace").GetProperty("frames").EnumerateArray(),
            static frame => Text(frame, "function") == "BreakAfterAsync");
        ingest.AssertNoMoreErrors();
    }

    [Fact]
    public async Task Stream_ClientLeaves_NoErrorIsSent()
    {
        await using var ingest = await SentryIngest.StartAsync();
        var script = new ScriptGate(1);
        await using var app = await StartAsync(ingest, app => app.MapGet("/", () =>
            Results.TracedSse(WaitAsync(script), new LlmCall("m") { Provider = "p" })));
        using var client = await app.ConnectAsync();
        await client.SendAsync("GET", "/");
        await script.Reached.BoundAsync("stream");

        client.Abort();
        var transaction = await ingest.NextAsync();
        await app.StopAsync();

        Assert.Equal("cancelled", transaction.Status);
        ingest.AssertNoMoreErrors();
    }

    [Fact]
    public async Task Request_ErrorsAreSwitchedOff_OnlyTheTransactionIsSent()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await StartAsync(
            ingest, static app => app.MapGet("/", () => FailAsync()), static options => options.CaptureErrors = false);

        await app.SendAsync("GET", "/");
        var transaction = await ingest.NextAsync();
        await app.StopAsync();

        Assert.Equal("internal_error", transaction.Status);
        Assert.Equal(1, ingest.Received);
    }

    private static Task FailAsync() => FailAsync("It broke.");

    private static async Task FailAsync(string message)
    {
        await Task.Yield();
        Break(message);
    }

    private static void Break(string message) => throw new InvalidOperationException(message);

    private static async IAsyncEnumerable<string> BreakAfterAsync(int chunks)
    {
        for (var i = 0; i < chunks; i++)
        {
            await Task.Yield();
            yield return "a";
        }

        Break("The provider broke.");
    }

    private static async IAsyncEnumerable<string> WaitAsync(
        ScriptGate gate, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return "a";
        await gate.PassAsync(cancellationToken);
        yield return "b";
    }

    private static JsonElement[] Exceptions(JsonElement error) =>
        [.. error.GetProperty("exception").GetProperty("values").EnumerateArray()];

    private static string? Text(JsonElement element, string name) => element.At(name).AsText();

    private static Task<TestApp> StartAsync(
        SentryIngest ingest, Action<WebApplication> inside, Action<SentryExporterOptions>? options = null) =>
        TestApp.StartAsync(new TestAppSetup
        {
            Tracing = tracing => tracing.AddSentryExporter(exporter =>
            {
                (exporter.Dsn, exporter.Release, exporter.Environment) = (ingest.Dsn, "app@1", "test");
                options?.Invoke(exporter);
            }),
            Inside = inside,
        });
}
