using System.Diagnostics;
using LlmTracing.Tests.Unit.Support;
using Microsoft.Extensions.AI;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

/// <remarks>
/// Seen to fail: without the lock of <c>OfRoot</c>, parallel streams lose calls; without that of <c>Add</c> too; with the
/// oldest or the last asker instead of the nearest, agents are given each other's calls; without <c>NoteToolCalls</c> in
/// <c>OnChunk</c>, a tool that runs while the stream flows has no link.
/// </remarks>
public sealed class ToolCallOriginsTests
{
    [Fact]
    public async Task StartTool_WhileTheStreamFlows_IsLinkedToItsSpan()
    {
        using var spans = new SpanRecorder();

        await foreach (var _ in Asking("call-1", "call-2").TraceLlm())
        {
            LlmTrace.StartTool("search", "call-1").Dispose();
        }

        var (stream, tools) = (spans.Started[0], spans.Started.Skip(1).ToList());
        Assert.Equal(2, tools.Count);
        Assert.All(tools, tool => Assert.Equal(stream.Context, Assert.Single(tool.Links).Context));
        Assert.All(tools, tool => Assert.Same(spans.Root, tool.Parent));
        Assert.Empty(stream.Links);
    }

    [Fact]
    public async Task StartTool_AfterTheStream_IsLinkedToItsSpanFromWhereverItRuns()
    {
        using var spans = new SpanRecorder();
        await Asking("call-1").TraceLlm().ReadAsync();
        var stream = spans.Single;

        using (LlmTrace.StartTask("step"))
        {
            LlmTrace.StartTool("search", "call-1").Dispose();
        }

        Activity.Current = null;
        LlmTrace.StartTool("search", "call-1", spans.Root).Dispose();

        Assert.Equal([stream.Context], LinksOf(spans.Started[2]));
        Assert.Equal([stream.Context], LinksOf(spans.Started[3]));
    }

    [Fact]
    public void StartTool_ChatWasToldOfTheCall_IsLinkedToItAndTheChatSaysWhatItAskedFor()
    {
        using var spans = new SpanRecorder();

        using (var chat = LlmTrace.StartChat(new LlmCall("m")))
        {
            chat.RecordToolCall(new LlmToolCall("call-1", null));
            chat.RecordToolCall(new LlmToolCall("call-2", "translate"));
            chat.RecordToolCall(new LlmToolCall("call-1", "search"));
            chat.RecordToolCall(new LlmToolCall(null, "nameless"));
        }

        LlmTrace.StartTool("search", "call-1").Dispose();

        var asker = spans.Started[0];
        Assert.Equal([asker.Context], LinksOf(spans.Started[1]));
        Assert.Equal(["search", "translate", "nameless"], (string[])asker.GetTagItem("llm_tracing.tool_calls.names")!);
        Assert.Equal(["call-1", "call-2", ""], (string[])asker.GetTagItem("llm_tracing.tool_calls.ids")!);
    }

    [Theory]
    [InlineData("call-9")]
    [InlineData("")]
    [InlineData(null)]
    public async Task StartTool_IdThatNobodyAskedFor_HasNoLink(string? id)
    {
        using var spans = new SpanRecorder();
        await Asking("call-1", "").TraceLlm().ReadAsync();

        LlmTrace.StartTool("search", id).Dispose();

        Assert.Empty(spans.Started[1].Links);
    }

    [Fact]
    public async Task StartTool_AnotherRequestAskedForTheSameId_HasNoLink()
    {
        using var other = new SpanRecorder();
        await Asking("call-1").TraceLlm().ReadAsync();

        using var spans = new SpanRecorder();
        LlmTrace.StartTool("search", "call-1").Dispose();

        Assert.Empty(spans.Single.Links);
    }

    [Fact]
    public void RecordToolCall_SpanHasEnded_IsForgotten()
    {
        using var spans = new SpanRecorder();
        var chat = LlmTrace.StartChat(new LlmCall("m"));

        chat.Dispose();
        chat.RecordToolCall(new LlmToolCall("call-1", "search"));
        LlmTrace.StartTool("search", "call-1").Dispose();

        Assert.Null(spans.Started[0].GetTagItem("llm_tracing.tool_calls.names"));
        Assert.Empty(spans.Started[1].Links);
    }

    [Fact]
    public async Task StartTool_AnswersCountTheirIdsAnew_LastOneIsMeant()
    {
        using var spans = new SpanRecorder();
        await Asking("call_0").TraceLlm().ReadAsync();
        await Asking("call_0").TraceLlm().ReadAsync();

        LlmTrace.StartTool("search", "call_0").Dispose();

        Assert.Equal([spans.Started[1].Context], LinksOf(spans.Started[2]));
    }

    [Fact]
    public async Task StartTool_AgentsSideBySideWithTheSameIds_EachHasItsOwn()
    {
        using var spans = new SpanRecorder();
        var asked = new[] { new TaskCompletionSource(), new TaskCompletionSource() };

        await Task.WhenAll(RunAsync(0), RunAsync(1)).BoundAsync();

        foreach (var tool in spans.Started.Where(static span => span.DisplayName == "execute_tool search"))
        {
            var chat = Assert.Single(spans.Started, span => span.Parent == tool.Parent && span.DisplayName == "chat");
            Assert.Equal([chat.Context], LinksOf(tool));
        }

        Assert.Equal(6, spans.Started.Count);

        Task RunAsync(int agent) => LlmTrace.RunAsync(LlmTrace.StartAgent($"{agent}"), async _ =>
        {
            await Asking("call_0").TraceLlm().ReadAsync();
            asked[agent].SetResult();
            await Task.WhenAll(asked[0].Task, asked[1].Task);
            LlmTrace.StartTool("search", "call_0").Dispose();
        });
    }

    [Fact]
    public async Task StartTool_StreamsAndToolsOnManyThreads_EachIsLinkedToItsOwn()
    {
        using var spans = new SpanRecorder();
        var start = new Barrier(8);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(
            () => AskAndRunAsync(i, start), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()))
            .BoundAsync();

        var streams = spans.Started.Where(static span => span.Kind == ActivityKind.Client).ToDictionary(static span => span.DisplayName);
        var tools = spans.Started.Where(static span => span.Kind == ActivityKind.Internal).ToList();
        Assert.Equal((8, 8 * 20), (streams.Count, tools.Count));
        Assert.All(tools, tool => Assert.Equal(
            [streams[tool.DisplayName.Replace("execute_tool", "chat", StringComparison.Ordinal)].Context], LinksOf(tool)));
    }

    [Fact]
    public async Task StartTool_MoreCallsThanAreRemembered_OldestAreForgotten()
    {
        using var spans = new SpanRecorder();
        for (var i = 0; i < 1001; i++)
        {
            await Asking($"call-{i}").TraceLlm().ReadAsync();
        }

        var asked = spans.Started;
        LlmTrace.StartTool("search", "call-0").Dispose();
        LlmTrace.StartTool("search", "call-1").Dispose();
        LlmTrace.StartTool("search", "call-1000").Dispose();

        var tools = spans.Started.Skip(1001).ToList();
        Assert.Empty(tools[0].Links);
        Assert.Equal([asked[1].Context], LinksOf(tools[1]));
        Assert.Equal([asked[1000].Context], LinksOf(tools[2]));
    }

    [Fact]
    public async Task TraceLlm_NoToolIsAskedFor_NothingIsKeptWithTheRoot()
    {
        using var spans = new SpanRecorder();

        await Streams.Of(new ChatResponseUpdate(ChatRole.Assistant, "Hello")).TraceLlm().ReadAsync();
        var without = spans.Root.GetCustomProperty("LlmTracing.ToolCallOrigins");
        await Asking("call-1").TraceLlm().ReadAsync();

        Assert.Null(without);
        Assert.NotNull(spans.Root.GetCustomProperty("LlmTracing.ToolCallOrigins"));
    }

    private static IAsyncEnumerable<ChatResponseUpdate> Asking(params IEnumerable<string> ids) => Streams.Of(
        ids.Select(static id => new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent(id, "search")])));

    private static async Task AskAndRunAsync(int stream, Barrier start)
    {
        start.SignalAndWait(TestContext.Current.CancellationToken);
        var call = 0;
        await foreach (var _ in Asking(Enumerable.Range(0, 20).Select(i => $"{stream}-{i}")).TraceLlm(new LlmCall($"{stream}")))
        {
            LlmTrace.StartTool($"{stream}", $"{stream}-{call++}").Dispose();
        }
    }

    private static IEnumerable<ActivityContext> LinksOf(Activity span) => span.Links.Select(static link => link.Context);
}
