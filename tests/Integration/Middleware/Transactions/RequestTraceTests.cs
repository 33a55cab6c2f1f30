using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace LlmTracing.Tests.Integration.Middleware.Transactions;

public sealed class RequestTraceTests
{
    [Fact]
    public async Task Totals_DuringAndAfterTheRequest_AreThoseOfTheCallsEnded()
    {
        ILlmTraceFeature? feature = null;
        var seen = new List<(int Calls, LlmUsage Usage)>();
        await using var app = await TestApp.StartAsync(app => app.MapGet("/", async (HttpContext context) =>
        {
            feature = context.Features.Get<ILlmTraceFeature>();
            See();
            await AnswerAsync(3, 4).TraceLlm().LastAsync(context.RequestAborted);
            See();
            await AnswerAsync(10, 20).TraceLlm().LastAsync(context.RequestAborted);
            See();
        }));

        await app.GetAsync("/");
        var root = (await app.Sink.NextAsync()).Root;
        See();

        Assert.Equal([(0, default), (1, new(3, 4)), (2, new(13, 24)), (2, new(13, 24))], seen.Select(Plain));
        Assert.Equal(2, root[LlmTracingAttributes.Calls]);
        Assert.Equal(13L, root[LlmTracingAttributes.UsageInputTokens]);
        Assert.Equal(24L, root[LlmTracingAttributes.UsageOutputTokens]);
        Assert.Equal(37L, root[LlmTracingAttributes.UsageTotalTokens]);
        Assert.Null(root[GenAiAttributes.UsageInputTokens]);

        void See() => seen.Add((feature!.LlmCalls, feature.Totals));
    }

    [Fact]
    public async Task Totals_CallTracedTwice_CountsOnce()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/", static () =>
            Results.TracedSse(
                AnswerAsync(3, 4).TraceLlm(new LlmCall("inner")),
                static _ => default(System.Net.ServerSentEvents.SseItem<string>?),
                new LlmCall("outer"))));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(["chat outer", "chat inner"], transaction.Spans.Select(span => span.Name));
        Assert.All(transaction.Spans, static span => Assert.Equal(3L, span[GenAiAttributes.UsageInputTokens]));
        Assert.Equal(1, transaction.Root[LlmTracingAttributes.Calls]);
        Assert.Equal(3L, transaction.Root[LlmTracingAttributes.UsageInputTokens]);
        Assert.Equal(4L, transaction.Root[LlmTracingAttributes.UsageOutputTokens]);
        Assert.Equal(7L, transaction.Root[LlmTracingAttributes.UsageTotalTokens]);
    }

    [Fact]
    public async Task Totals_ToolBeneathACall_IsNoCall()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/", static async () =>
        {
            using var tool = LlmTrace.StartTool("search");
            await AnswerAsync(3, 4).TraceLlm().LastAsync();
        }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(2, transaction.Spans.Count);
        Assert.Equal(1, transaction.Root[LlmTracingAttributes.Calls]);
    }

    [Fact]
    public async Task Totals_NoCall_AreAbsent()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/", static () => "fine"));

        await app.GetAsync("/");
        var root = (await app.Sink.NextAsync()).Root;

        Assert.DoesNotContain(
            root.Attributes, static one => one.Key.StartsWith("llm_tracing.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Totals_UsageUnknown_IsAbsentAndNotZero()
    {
        await using var app = await TestApp.StartAsync(
            static app => app.MapGet("/", static () => new ScriptedSource("a").ToResult(SourceShape.Iterator)));

        await app.GetAsync("/");
        var root = (await app.Sink.NextAsync()).Root;

        Assert.Equal(1, root[LlmTracingAttributes.Calls]);
        Assert.Null(root[LlmTracingAttributes.UsageInputTokens]);
        Assert.Null(root[LlmTracingAttributes.UsageOutputTokens]);
        Assert.Null(root[LlmTracingAttributes.UsageTotalTokens]);
    }

    [Fact]
    public async Task Transaction_FromDeepCode_IsTheRequestsRoot()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/", static () =>
            Results.TracedSse(DeepAsync())));
        Assert.Null(LlmTrace.Transaction);

        var answer = await app.GetAsync("/");
        var root = (await app.Sink.NextAsync()).Root;

        Assert.StartsWith($":\n\ndata: {root.SpanId} {root.SpanId}\n\nevent: done\n", answer);
    }

    [Fact]
    public async Task Parent_NoSpanIsCurrent_IsTheRequestsRoot()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/", static async () =>
        {
            Activity.Current = null;
            await AnswerAsync(1, 1).TraceLlm().LastAsync();
        }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        var call = Assert.Single(transaction.Spans);
        Assert.Equal("request", call[LlmTracingAttributes.Parent]);
        Assert.Equal(transaction.Root.SpanId, call.ParentSpanId);
    }

    private static async IAsyncEnumerable<string> DeepAsync()
    {
        await Task.Yield();
        var within = await Task.Run(static async () =>
        {
            await Task.Yield();
            return LlmTrace.Transaction?.SpanId;
        });
        Activity.Current = null;
        yield return $"{within} {LlmTrace.Transaction?.SpanId}";
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> AnswerAsync(long input, long output)
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, "Hi");
        await Task.Yield();
        var usage = new UsageDetails { InputTokenCount = input, OutputTokenCount = output };
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(usage)]);
    }

    // Without the total that was reported, which is the sum.
    private static (int Calls, LlmUsage Usage) Plain((int Calls, LlmUsage Usage) totals) =>
        (totals.Calls, new(totals.Usage.InputTokens, totals.Usage.OutputTokens));
}
