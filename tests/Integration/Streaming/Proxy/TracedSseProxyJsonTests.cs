using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Streaming.Proxy;

/// <summary>Answers of a provider that are no event stream, or do not show at once what they are.</summary>
public sealed class TracedSseProxyJsonTests
{
    private const string GeminiArray =
        "[{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hi\"}]}}],\"modelVersion\":\"g\",\"responseId\":\"r\"}\n,\r\n"
        + "{\"candidates\":[{\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":3,\"candidatesTokenCount\":2}}]\n";

    private const string Chat =
        "{\"id\":\"r\",\"object\":\"chat.completion\",\"model\":\"g\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
        + "\"content\":\"Hi\"},\"finish_reason\":\"STOP\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}";

    private const string Responses =
        "{\"id\":\"r\",\"object\":\"response\",\"status\":\"STOP\",\"error\":null,\"model\":\"g\",\"output\":[],"
        + "\"usage\":{\"input_tokens\":3,\"output_tokens\":2,\"total_tokens\":5}}";

    private const string Anthropic =
        "{\"id\":\"r\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"g\",\"content\":[],\"stop_reason\":\"STOP\","
        + "\"usage\":{\"input_tokens\":1,\"cache_read_input_tokens\":2,\"output_tokens\":2}}";

    private const string ChatLines =
        "{\"id\":\"r\",\"model\":\"g\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n"
        + "{\"id\":\"r\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"STOP\"}],"
        + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n";

    private const string LateChat =
        "data: {\"hello\":1}\n\ndata: {\"hello\":2}\n\n"
        + "data: {\"id\":\"r\",\"model\":\"g\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"STOP\"}],"
        + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("application/json; charset=UTF-8", GeminiArray, null, 2)]
    [InlineData("application/json", GeminiArray, LlmDialect.Gemini, 2)]
    [InlineData("application/json", Chat, null, 1)]
    [InlineData("application/json", Chat, LlmDialect.OpenAIChat, 1)]
    [InlineData("application/json", Responses, null, 1)]
    [InlineData("application/json", Anthropic, null, 1)]
    [InlineData("text/event-stream", ChatLines, null, 2)]
    [InlineData("application/json", LateChat, null, 3)]
    [InlineData("text/event-stream", LateChat, null, 3)]
    [InlineData(null, Chat, null, 1)]
    public async Task TracedSseProxy_AnswerOfAnyForm_IsReadAndPassesUnchanged(
        string? type, string body, LlmDialect? dialect, int chunks)
    {
        await using var proxy = await ProxyApp.StartAsync(
            (context, _) => WriteAsync(context, type, body), new LlmCall { Dialect = dialect });

        using var response = await proxy.App.SendAsync("GET", "/");

        Assert.Equal(body, await response.Content.ReadAsStringAsync(Cancellation));
        var span = Assert.Single((await proxy.App.Sink.NextAsync()).Spans);
        Assert.Equal(
            (StreamOutcome.Completed, "g", "r", (long)chunks),
            (span.Outcome, span[GenAiAttributes.ResponseModel], span[GenAiAttributes.ResponseId], span[LlmTracingAttributes.StreamChunks]));
        Assert.Equal((3L, 2L), (span.Usage.InputTokens, span.Usage.OutputTokens));
        Assert.Equal(["STOP"], span[GenAiAttributes.ResponseFinishReasons] as string[] ?? []);
        Assert.DoesNotContain(proxy.App.Logs.All, static entry => entry.Level >= LogLevel.Warning);
    }

    [Theory]
    [InlineData("{\"error\":{\"type\":\"insufficient_quota\",\"message\":\"No.\"}}", "insufficient_quota")]
    [InlineData("{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"No.\"}}", "overloaded_error")]
    [InlineData("[{\"error\":{\"code\":503,\"status\":\"UNAVAILABLE\",\"message\":\"No.\"}}]", "UNAVAILABLE")]
    [InlineData(
        "{\"id\":\"r\",\"object\":\"response\",\"status\":\"failed\",\"error\":{\"code\":\"server_error\",\"message\":\"No.\"}}",
        "server_error")]
    public async Task TracedSseProxy_ErrorAsASuccess_FailsTheSpan(string body, string type)
    {
        await using var proxy = await ProxyApp.StartAsync((context, _) => WriteAsync(context, "application/json", body));

        using var response = await proxy.App.SendAsync("GET", "/");

        Assert.Equal(body, await response.Content.ReadAsStringAsync(Cancellation));
        var span = Assert.Single((await proxy.App.Sink.NextAsync()).Spans);
        Assert.Equal((StreamOutcome.UpstreamFailed, type), (span.Outcome, span[GenAiAttributes.ErrorType]));
    }

    [Theory]
    [InlineData("application/json", "{\"hello\":1}")]
    [InlineData("application/json", "{\"id\":\"r\",\"object\":\"chat.compl")]
    [InlineData("application/vnd.amazon.eventstream", "\0\0\0\u0001:event-type\a")]
    [InlineData("text/event-stream", ": alive\n\n")]
    [InlineData("text/event-stream", "data: Hello\n\n")]
    public async Task TracedSseProxy_AnswerThatCannotBeRead_PassesWithOneWarning(string type, string body)
    {
        await using var proxy = await ProxyApp.StartAsync((context, _) => WriteAsync(context, type, body));

        using var response = await proxy.App.SendAsync("GET", "/");

        Assert.Equal(body, await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(StreamOutcome.Completed, Assert.Single((await proxy.App.Sink.NextAsync()).Spans).Outcome);
        var warning = Assert.Single(proxy.App.Logs.All, static entry => entry.Level >= LogLevel.Warning);
        Assert.Equal("UpstreamNotRead", warning.Event.Name);
        Assert.Contains($" of type {type}:", warning.Message, StringComparison.Ordinal);
    }

    // In two pieces, so that one ends within an object.
    private static async Task WriteAsync(HttpContext context, string? type, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body).AsMemory();
        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(bytes[..(bytes.Length / 2)], context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await context.Response.Body.WriteAsync(bytes[(bytes.Length / 2)..], context.RequestAborted);
    }
}
