using System.Net;
using System.Net.Http.Json;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Testing;

namespace LlmTracing.Tests.Integration.Sample;

public sealed class DemoChatTests
{
    private static readonly Uri Question = new("/chat?message=how%20do%20I%20start", UriKind.Relative);

    [Fact]
    public async Task Get_Question_StreamsAnAnswerAndSendsOneTransaction()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = SampleApp.Start(ingest, "demo");
        using var client = app.CreateClient();

        using var response = await client.GetAsync(
            Question, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var frames = SampleApp.AfterTrace(await SseFrames.ReadAllAsync(response));
        var transaction = await ingest.NextAsync();
        await app.DisposeAsync();

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.ToString());
        Assert.True(frames.Count > 10);
        Assert.All(frames.SkipLast(1), frame => Assert.Equal("message", frame.Event));
        var chat = transaction.Single("gen_ai.chat");
        Assert.Equal(
            $$$"""{"outcome":"completed","traceId":"{{{transaction.TraceId}}}","usage":{"inputTokens":{{{chat.Data.Count("gen_ai.usage.input_tokens")}}},"outputTokens":{{{chat.Data.Count("gen_ai.usage.output_tokens")}}}}}""",
            frames[^1].Data);
        Assert.Equal("done", frames[^1].Event);
        AssertTransaction(transaction, frames.Count - 1);
        ingest.AssertNoMore();
    }

    [Fact]
    public async Task Post_Question_IsATransactionOfItsOwnRoute()
    {
        await using var app = SampleApp.For("demo");
        using var client = app.WithTransactionRecorder(out var recorder).CreateClient();

        using var response = await client.PostAsJsonAsync(
            "/chat", new { message = "hello" }, TestContext.Current.CancellationToken);
        var frames = SampleApp.AfterTrace(await SseFrames.ReadAllAsync(response));
        var transaction = await recorder.NextAsync();

        Assert.Equal("done", frames[^1].Event);
        Assert.Equal("POST /chat", transaction.Name);
    }

    [Theory]
    [InlineData("", "The message is missing: send it as ?message=… or as {\"message\":\"…\"}.")]
    [InlineData("?message=", "The message is empty.")]
    [InlineData("?message=%20%20", "The message is empty.")]
    public async Task Get_UnusableMessage_IsRefused(string query, string problem)
    {
        await using var app = new SampleApp();
        using var client = app.CreateClient();

        using var response = await client.GetAsync(
            new Uri("/chat" + query, UriKind.Relative), TestContext.Current.CancellationToken);

        await AssertRefusedAsync(response, problem);
    }

    [Theory]
    [InlineData(8_000, HttpStatusCode.OK)]
    [InlineData(8_001, HttpStatusCode.BadRequest)]
    public async Task Post_LongMessage_IsRefusedBeyondTheLimit(int characters, HttpStatusCode expected)
    {
        await using var app = new SampleApp();
        using var client = app.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/chat")
        {
            Content = JsonContent.Create(new { message = new string('a', characters) }),
        };

        using var response = await client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        Assert.Equal(expected, response.StatusCode);
        if (expected == HttpStatusCode.BadRequest)
        {
            await AssertRefusedAsync(response, "The message has 8001 characters; 8000 are the most.");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"message\":7}")]
    [InlineData("null")]
    [InlineData("{}")]
    public async Task Post_UnusableBody_IsRefusedWithProblemDetails(string body)
    {
        await using var app = new SampleApp();
        using var client = app.CreateClient();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var response = await client.PostAsync(
            new Uri("/chat", UriKind.Relative), content, TestContext.Current.CancellationToken);

        await AssertRefusedAsync(response, problem: null);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response, string? problem)
    {
        var details = await response.Content.ReadFromJsonAsync<ValidationProblemDetails>(
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(400, details!.Status);
        if (problem is not null)
        {
            Assert.Equal([problem], details.Errors["message"]);
        }
    }

    private static void AssertTransaction(SentryTransaction transaction, int frames)
    {
        Assert.Equal(
            ("GET /chat", "http.server", "ok", "route"),
            (transaction.Name, transaction.Op, transaction.Status, transaction.Source));
        Assert.Equal("completed", transaction.Data.Text("llm_tracing.stream.outcome"));
        Assert.Equal(1, transaction.Data.Count("llm_tracing.calls"));

        Assert.Equal(
            ["invoke_agent librarian", "execute_tool search_docs", "chat demo-docs-1"],
            transaction.Spans.OrderBy(span => span.Start).Select(span => span.Description));
        var tool = transaction.Single("gen_ai.execute_tool");
        var chat = transaction.Single("gen_ai.chat");
        Assert.Equal(("ok", "ok"), (tool.Status, chat.Status));
        Assert.True(tool.End <= chat.Start);
        Assert.Equal("demo", chat.Data.Text("gen_ai.provider.name"));
        Assert.Equal("demo-docs-1", chat.Data.Text("gen_ai.request.model"));
        Assert.Equal("demo-docs-1", chat.Data.Text("gen_ai.response.model"));
        Assert.Equal("completed", chat.Data.Text("llm_tracing.stream.outcome"));
        Assert.Equal("ambient", chat.Data.Text("llm_tracing.parent"));

        // Each frame is a token, and the last update carries the usage alone.
        Assert.Equal(frames, chat.Data.Count("gen_ai.usage.output_tokens"));
        Assert.Equal(frames + 1, chat.Data.Count("llm_tracing.stream.chunks"));
        var input = chat.Data.Count("gen_ai.usage.input_tokens");
        Assert.True(input > 0);
        Assert.Equal(input + frames, chat.Data.Count("gen_ai.usage.total_tokens"));
        Assert.Equal(input + frames, transaction.Data.Count("llm_tracing.usage.total_tokens"));

        // That the span lasts as long as its stream is shown with a gate, in ScriptedChatTests.
        var timeToFirstChunk = chat.Data.Number("gen_ai.response.time_to_first_chunk")!.Value;
        Assert.InRange(timeToFirstChunk, double.Epsilon, chat.Duration.TotalSeconds);
        Assert.True(chat.Duration <= transaction.Duration);
    }
}
