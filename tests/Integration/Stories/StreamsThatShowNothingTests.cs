using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Stories;

/// <summary>
/// Story 4, streams that show nothing: https://github.com/getsentry/sentry-python/issues/3823. A server relayed a stream from
/// an asynchronous generator; the span around the generator had ended when the generator was made, before its first chunk,
/// and its op and attributes had names that the dashboard did not read. The calls that did not stream were there; those
/// that did showed nothing.
/// </summary>
/// <remarks>
/// Here the span lives from the first pull to the last. Seen to fail: with <c>StreamTrace.Complete</c> called before the
/// first pull instead of after the last chunk, the span has neither its tokens nor its length; with
/// <c>GenAiAttributes.UsageInputTokens</c> renamed, the ingest refuses the envelope.
/// </remarks>
public sealed class StreamsThatShowNothingTests
{
    [Fact]
    public async Task Generator_RelayedAsEvents_HasItsTokensAndItsWholeLength()
    {
        var gate = new ScriptGate(afterChunks: 1);
        await using var ingest = await SentryIngest.StartAsync();
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Tracing = tracing => tracing.AddSentryExporter(options => options.Dsn = ingest.Dsn),
            Inside = app => app.MapGet("/", () =>
                Results.TracedSse<ChatResponseUpdate, string>(
                    RelayAsync(gate), static update => new(update.Text), new LlmCall("gpt-4o-mini") { Provider = "openai" })),
        });
        using var client = await app.ConnectAsync();

        await client.SendAsync("GET", "/");
        await gate.Reached.BoundAsync("the generator, in the middle");
        var inTheMiddle = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        gate.Release();
        var transaction = await ingest.NextAsync();

        var chat = transaction.Single("gen_ai.chat");
        Assert.InRange(inTheMiddle, chat.Start, chat.End);
        Assert.Equal((11, 4, 15), (
            chat.Data.Count("gen_ai.usage.input_tokens"),
            chat.Data.Count("gen_ai.usage.output_tokens"),
            chat.Data.Count("gen_ai.usage.total_tokens")));
        Assert.Equal(("openai", "gpt-4o-mini"), (
            chat.Data.Text("gen_ai.provider.name"), chat.Data.Text("gen_ai.request.model")));
        Assert.Equal(2, chat.Data.Count("llm_tracing.stream.chunks"));
        Assert.Equal("completed", chat.Data.Text("llm_tracing.stream.outcome"));
        Assert.Equal(transaction.SpanId, chat.ParentSpanId);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> RelayAsync(ScriptGate gate)
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, "Hello");
        await gate.PassAsync(TestContext.Current.CancellationToken);
        yield return new ChatResponseUpdate(
            ChatRole.Assistant,
            [new TextContent("."), new UsageContent(new() { InputTokenCount = 11, OutputTokenCount = 4 })]);
    }
}
