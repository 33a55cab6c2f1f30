using System.Diagnostics;
using System.Text.Json;
using LlmTracing.Tests.Unit.Support;
using Microsoft.Extensions.AI;

namespace LlmTracing.Tests.Unit.Streaming.Content;

public sealed class InputContentTests
{
    private static readonly IReadOnlyList<ChatMessage> Conversation =
    [
        new(ChatRole.System, "Be brief."),
        new(ChatRole.User, [new TextContent("What is this?"), new DataContent(new byte[100_000], "image/png")]),
        new(ChatRole.Assistant,
        [
            new TextReasoningContent("Hm."),
            new FunctionCallContent("call-1", "look_up", new Dictionary<string, object?> { ["query"] = "é\"" }),
        ]),
        new(ChatRole.Tool, [new FunctionResultContent("call-1", "3 hits")]),
        new(ChatRole.Tool, [new FunctionResultContent("call-2", new Dictionary<string, object?> { ["hits"] = 3 })]),
        new(ChatRole.User, [new UriContent("https://example.com/a.png", "image/png")]),
    ];

    [Fact]
    public void StartChat_ContentIsWanted_EveryPartIsRecordedInItsForm()
    {
        var span = Ask(new LlmCall("m") { Instructions = "Answer.", Messages = Conversation, CaptureContent = true });

        Assert.Equal("""[{"type":"text","content":"Answer."}]""", span.GetTagItem("gen_ai.system_instructions"));
        Assert.Equal(
            """
            [{"role":"system","parts":[{"type":"text","content":"Be brief."}]},
            {"role":"user","parts":[{"type":"text","content":"What is this?"},{"type":"blob","mime_type":"image/png","modality":"image"}]},
            {"role":"assistant","parts":[{"type":"reasoning","content":"Hm."},
            {"type":"tool_call","id":"call-1","name":"look_up","arguments":{"query":"é\""}}]},
            {"role":"tool","parts":[{"type":"tool_call_response","id":"call-1","response":"3 hits"}]},
            {"role":"tool","parts":[{"type":"tool_call_response","id":"call-2","response":{"hits":3}}]},
            {"role":"user","parts":[{"type":"uri","mime_type":"image/png","modality":"image","uri":"https://example.com/a.png"}]}]
            """.ReplaceLineEndings(""),
            span.GetTagItem("gen_ai.input.messages"));
        Assert.Null(span.GetTagItem("llm_tracing.content.cut"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public void StartChat_ContentIsNotWanted_NothingOfItIsReadOrRecorded(bool? capture)
    {
        var span = Ask(new LlmCall("m") { Instructions = "Answer.", Messages = new Unreadable(), CaptureContent = capture });

        Assert.DoesNotContain(span.TagObjects, static tag => tag.Key is "gen_ai.system_instructions" or "gen_ai.input.messages");
    }

    [Fact]
    public void StartChat_MoreThanMayBeKept_TheNewestMessagesAre()
    {
        var messages = Enumerable.Range(0, 100).Select(static i => new ChatMessage(ChatRole.User, $"{i:D2}" + new string('x', 8)));

        var span = Ask(
            new LlmCall("m") { Messages = [.. messages] }, new LlmTracingOptions { CaptureContent = true, MaxContentLength = 133 });

        Assert.Equal(["97xxx…", "98xxxxxxxx", "99xxxxxxxx"], TextsOf(span));
        Assert.Equal(true, span.GetTagItem("llm_tracing.content.cut"));
    }

    [Fact]
    public void StartChat_MessagesWithoutEnd_AreReadOnlyAsFarAsTheyAreKept()
    {
        var messages = Enumerable.Repeat(new ChatMessage(ChatRole.User, ""), 1_000_000).ToArray();

        var span = Ask(new LlmCall("m") { Messages = messages, CaptureContent = true });

        Assert.InRange(JsonDocument.Parse((string)span.GetTagItem("gen_ai.input.messages")!).RootElement.GetArrayLength(), 1, 1000);
        Assert.Equal(true, span.GetTagItem("llm_tracing.content.cut"));
    }

    [Fact]
    public void StartChat_AppChangesItsMessagesLater_WhatWasAskedStays()
    {
        List<ChatMessage> messages = [new(ChatRole.User, "asked")];

        var span = Ask(new LlmCall("m") { Messages = messages, CaptureContent = true });
        messages.Add(new(ChatRole.Assistant, "answered"));

        Assert.Equal(["asked"], TextsOf(span));
    }

    [Fact]
    public async Task TraceLlm_MessagesCannotBeRead_SpanGoesOnWithoutThem()
    {
        using var spans = new SpanRecorder();
        var call = new LlmCall("m") { Messages = new Unreadable(), CaptureContent = true };

        await foreach (var _ in new[] { "Hello" }.ToAsyncEnumerable().TraceLlm(call))
        {
        }

        Assert.Equal("completed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Null(spans.Single.GetTagItem("gen_ai.input.messages"));
    }

    [Fact]
    public void StartChat_ArgumentsCannotBeWritten_CallIsRecordedWithoutThem()
    {
        var arguments = new Dictionary<string, object?> { ["self"] = new Unwritable() };
        var call = new FunctionCallContent("call-1", "look_up", arguments);

        var span = Ask(new LlmCall("m") { Messages = [new(ChatRole.Assistant, [call])], CaptureContent = true });

        Assert.Equal(
            """[{"role":"assistant","parts":[{"type":"tool_call","id":"call-1","name":"look_up"}]}]""",
            span.GetTagItem("gen_ai.input.messages"));
    }

    [Fact]
    public void StartChat_ResultOfAnySize_IsWrittenOnlyAsFarAsItIsKept()
    {
        var result = Enumerable.Range(0, 1_000_000).ToDictionary(static i => $"key {i}", static i => (object?)i);
        ChatMessage[] messages = [new(ChatRole.Tool, [new FunctionResultContent("call-1", result)])];

        var before = GC.GetAllocatedBytesForCurrentThread();
        var span = Ask(
            new LlmCall("m") { Messages = messages }, new LlmTracingOptions { CaptureContent = true, MaxContentLength = 1000 });

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.Contains("key 1", (string)span.GetTagItem("gen_ai.input.messages")!, StringComparison.Ordinal);
        Assert.Equal(true, span.GetTagItem("llm_tracing.content.cut"));
    }

    [Fact]
    public void StartChat_ResultIsAQuery_ItIsNotRun()
    {
        var results = Enumerable.Range(0, 3).Select<int, int>(static _ => throw new InvalidOperationException("Not for telemetry."));
        ChatMessage[] messages = [new(ChatRole.Tool, [new FunctionResultContent("call-1", results)])];

        var span = Ask(new LlmCall("m") { Messages = messages, CaptureContent = true });

        Assert.Equal(
            """[{"role":"tool","parts":[{"type":"tool_call_response","id":"call-1","response":null}]}]""",
            span.GetTagItem("gen_ai.input.messages"));
    }

    [Fact]
    public void StartChat_HalfACharacter_IsWrittenAsJsonAllTheSame()
    {
        var span = Ask(new LlmCall("m") { Messages = [new(ChatRole.User, "a\ud83d")], CaptureContent = true });

        Assert.Equal(["a\ufffd"], TextsOf(span));
    }

    private static Activity Ask(LlmCall call, LlmTracingOptions? options = null)
    {
        using var spans = new SpanRecorder(span => LlmTrace.CaptureContent(span, options ?? new LlmTracingOptions()));
        LlmTrace.StartChat(call).Dispose();
        return spans.Single;
    }

    private static IEnumerable<string?> TextsOf(Activity span)
    {
        using var messages = JsonDocument.Parse((string)span.GetTagItem("gen_ai.input.messages")!);
        return [.. messages.RootElement.EnumerateArray().Select(static message =>
            message.GetProperty("parts")[0].GetProperty("content").GetString())];
    }

    private sealed class Unwritable
    {
        public Unwritable Self => this;
    }

    private sealed class Unreadable : List<ChatMessage>, IReadOnlyList<ChatMessage>
    {
        int IReadOnlyCollection<ChatMessage>.Count => throw new InvalidOperationException("These are not for telemetry.");
    }
}
