using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>What docs/migrating.md says of a client that traces itself by OpenTelemetry beneath our span.</summary>
public sealed class MigratingTests
{
    private static readonly ActivitySource OpenTelemetryChatClient = new("Experimental.Microsoft.Extensions.AI");

    [Fact]
    public async Task BothTraceACall_TheSpansAreOneBeneathTheOther_AndTheSumCountsOnce()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet(
            "/", static () => Results.TracedSse(AnswerAsync(), new LlmCall("m") { Provider = "p" })));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(
            """
            GET / [http.server] completed, 11 in, 4 out
              chat m [chat] completed, 11 in, 4 out
                chat m [chat] 11 in, 4 out
            """,
            transaction.Tree);
        Assert.Equal(1, transaction.Calls);
    }

    // As OpenTelemetryChatClient does, which not every package feed serves.
    private static async IAsyncEnumerable<ChatResponseUpdate> AnswerAsync()
    {
        using var span = OpenTelemetryChatClient.StartActivity("chat m", ActivityKind.Client);
        span?.SetTag(GenAiAttributes.OperationName, "chat");
        await Task.Yield();
        yield return new ChatResponseUpdate(
            ChatRole.Assistant, [new UsageContent(new() { InputTokenCount = 11, OutputTokenCount = 4 })]);
        span?.SetTag(GenAiAttributes.UsageInputTokens, 11L);
        span?.SetTag(GenAiAttributes.UsageOutputTokens, 4L);
    }
}
