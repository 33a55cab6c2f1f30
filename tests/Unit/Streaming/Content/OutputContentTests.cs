using System.Diagnostics;
using LlmTracing.Tests.Fixtures;
using LlmTracing.Tests.Unit.Support;
using LlmTracing.Tests.Unit.Support.Fixtures;
using Microsoft.Extensions.AI;

namespace LlmTracing.Tests.Unit.Streaming.Content;

public sealed class OutputContentTests
{
    private const string Head = """{"id":"r","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":""";

    [Fact]
    public async Task TraceLlm_TextOfSeveralChoices_IsOneMessageEach()
    {
        var span = await ReadAsync(
        [
            """{"choices":[{"index":0,"delta":{"content":"Hel"}},{"index":1,"delta":{"content":"Bon"}}]}""",
            """{"choices":[{"index":1,"delta":{"content":"jour"},"finish_reason":"length"},{"index":0,"delta":{"content":"lo"}}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
        ]);

        Assert.Equal(
            """
            [{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"},
            {"role":"assistant","parts":[{"type":"text","content":"Bonjour"}],"finish_reason":"length"}]
            """.ReplaceLineEndings(""),
            span.GetTagItem("gen_ai.output.messages"));
    }

    [Fact]
    public async Task TraceLlm_ToolCallsSideBySide_EachHasItsArguments()
    {
        var fixture = StreamFixture.Named("openai-chat/tools-parallel");

        var span = await ReadAsync(ReadFixture.ChunksOf(fixture));

        Assert.Equal(
            """[{"role":"assistant","parts":["""
            + string.Join(',', fixture.Expected.ToolCalls.Select(static call =>
                $$"""{"type":"tool_call","id":"{{call.Id}}","name":"{{call.Name}}","arguments":{{call.Arguments}}}"""))
            + """],"finish_reason":"tool_calls"}]""",
            span.GetTagItem("gen_ai.output.messages"));
    }

    [Fact]
    public async Task TraceLlm_ClientOfTheAbstraction_IsRecordedAlike()
    {
        var call = new FunctionCallContent("call-1", "look_up", new Dictionary<string, object?> { ["query"] = "q", ["top"] = 3 });
        ChatResponseUpdate[] updates =
        [
            new(ChatRole.Assistant, "Let me "),
            new(ChatRole.Assistant, [new TextContent("see."), call]),
            new(ChatRole.Assistant, [call]) { FinishReason = ChatFinishReason.ToolCalls },
        ];

        var span = await ReadAsync(updates);

        Assert.Equal(
            """
            [{"role":"assistant","parts":[{"type":"text","content":"Let me see."},
            {"type":"tool_call","id":"call-1","name":"look_up","arguments":{"query":"q","top":3}}],"finish_reason":"tool_calls"}]
            """.ReplaceLineEndings(""),
            span.GetTagItem("gen_ai.output.messages"));
    }

    [Fact]
    public async Task TraceLlm_BrokenOff_WhatCameIsRecordedAndSaysSo()
    {
        var span = await ReadAsync(
            ["Hel", "lo", "never"], new LlmCall("m") { CaptureContent = true }, static chunks => chunks.Take(2));

        Assert.Equal(
            """[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"error"}]""",
            span.GetTagItem("gen_ai.output.messages"));
    }

    [Fact]
    public async Task TraceLlm_NothingWasSaid_NothingIsRecorded()
    {
        var span = await ReadAsync([Head + """{},"finish_reason":"stop"}]}"""]);

        Assert.Null(span.GetTagItem("gen_ai.output.messages"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public async Task TraceLlm_NotWanted_NothingIsRecorded(bool? capture)
    {
        var span = await ReadAsync(["Hello"], new LlmCall("m") { CaptureContent = capture });

        Assert.Null(span.GetTagItem("gen_ai.output.messages"));
    }

    [Fact]
    public async Task TraceLlm_CallDoesNotWantWhatTheAppDoes_NothingIsRecorded()
    {
        var span = await ReadAsync(
            ["Hello"],
            new LlmCall("m") { CaptureContent = false, Messages = [new(ChatRole.User, "Hi")] },
            options: new LlmTracingOptions { CaptureContent = true });

        Assert.DoesNotContain(span.TagObjects, static tag => tag.Key is "gen_ai.output.messages" or "gen_ai.input.messages");
    }

    [Fact]
    public async Task TraceLlm_LongerThanMayBeKept_IsCutAndMarked()
    {
        var span = await ReadAsync(
            [.. Enumerable.Repeat("0123456789", 100)], options: new LlmTracingOptions { MaxContentLength = 12 });

        Assert.Equal(
            """[{"role":"assistant","parts":[{"type":"text","content":"012345678901…"}]}]""",
            span.GetTagItem("gen_ai.output.messages"));
        Assert.Equal(true, span.GetTagItem("llm_tracing.content.cut"));
    }

    [Fact]
    public async Task TraceLlm_ArgumentsAreCut_AreTextAndNoLongerJson()
    {
        string[] chunks =
        [
            Head + """{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\"a\":"}}]}}]}""",
            Head + """{"tool_calls":[{"index":0,"function":{"arguments":"\"0123456789\"}"}}]}}]}""",
        ];

        var span = await ReadAsync(chunks, options: new LlmTracingOptions { MaxContentLength = 8 });

        Assert.Equal(
            """
            [{"role":"assistant","parts":[{"type":"tool_call","id":"c","name":"f","arguments":"{\"a\":\"01…"}]}]
            """,
            span.GetTagItem("gen_ai.output.messages"));
    }

    [Fact]
    public async Task TraceLlm_Redacted_WholeTextsAreShown()
    {
        List<string> shown = [];
        var options = new LlmTracingOptions
        {
            Redact = text =>
            {
                shown.Add(text);
                return text.Replace("4111 1111", "****", StringComparison.Ordinal);
            },
        };

        var span = await ReadAsync(["card 41", "11 11", "11."], options: options);

        Assert.Equal(["card 4111 1111."], shown);
        Assert.Equal(
            """[{"role":"assistant","parts":[{"type":"text","content":"card ****."}]}]""", span.GetTagItem("gen_ai.output.messages"));
    }

    [Fact]
    public async Task TraceLlm_ArgumentsFillTheRoom_TextBeforeThemIsWholeAndUnmarked()
    {
        string[] chunks =
        [
            Head + """{"content":"I will write the file now."}}]}""",
            Head + """{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"""
                + $"\"{new string('x', 30_000)}\"}}}}]}}}}]}}",
        ];

        var span = await ReadAsync(chunks, options: new LlmTracingOptions { Redact = static text => text });

        Assert.StartsWith(
            """[{"role":"assistant","parts":[{"type":"text","content":"I will write the file now."},""",
            (string)span.GetTagItem("gen_ai.output.messages")!,
            StringComparison.Ordinal);
        Assert.Equal(true, span.GetTagItem("llm_tracing.content.cut"));
    }

    [Fact]
    public async Task TraceLlm_LongChoicesSideBySide_EachIsRedactedAndKept()
    {
        var chunks = Enumerable.Range(0, 12_000).Select(static i =>
            $$$"""{"choices":[{"index":{{{i % 3}}},"delta":{"content":"choice {{{i % 3}}} sk-secret "}}]}""");

        var span = await ReadAsync([.. chunks], options: new LlmTracingOptions
        {
            MaxContentLength = 9000,
            Redact = static text => text.Replace("sk-secret", "***", StringComparison.Ordinal),
        });

        var messages = (string)span.GetTagItem("gen_ai.output.messages")!;
        Assert.Contains("choice 0 ***", messages, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-", messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TraceLlm_BrokenOffWithinASecret_ItsBeginningIsNotRecorded()
    {
        var span = await ReadAsync(
            ["The key is sk-", "012345", "678"],
            new LlmCall("m") { CaptureContent = true },
            static chunks => chunks.Take(2),
            new LlmTracingOptions { Redact = static text => text.Replace("sk-012345678", "***", StringComparison.Ordinal) });

        Assert.Equal(
            """[{"role":"assistant","parts":[{"type":"text","content":"The key is "}],"finish_reason":"error"}]""",
            span.GetTagItem("gen_ai.output.messages"));
    }

    [Fact]
    public async Task TraceLlm_ArgumentsEscapedWithoutNeed_AreRedactedAsTheyRead()
    {
        string[] chunks =
        [
            Head + """{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","""
                + """
                "arguments":"{\"a\":\"pass\\u0077ord\\u003d\\ud83d\\ude00 \\u0022\\u005c\"}"}}]}}]}
                """,
        ];

        var span = await ReadAsync(chunks, options: new LlmTracingOptions
        {
            Redact = static text => text.Replace("password=😀", "***", StringComparison.Ordinal),
        });

        Assert.Equal(
            """
            [{"role":"assistant","parts":[{"type":"tool_call","id":"c","name":"f","arguments":{"a":"*** \u0022\u005c"}}]}]
            """,
            span.GetTagItem("gen_ai.output.messages"));
    }

    [Fact]
    public async Task TraceLlm_HalfACharacterInArguments_CostsNothingElse()
    {
        string[] chunks =
        [
            Head + """{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\"a\":\"\ud83d\"}"}}]}}]}""",
        ];

        var span = await ReadAsync(chunks);

        Assert.Equal(
            "[{\"role\":\"assistant\",\"parts\":[{\"type\":\"tool_call\",\"id\":\"c\",\"name\":\"f\",\"arguments\":{\"a\":\"\ufffd\"}}]}]",
            span.GetTagItem("gen_ai.output.messages"));
        Assert.NotNull(span.GetTagItem("gen_ai.response.time_to_first_chunk"));
    }

    [Fact]
    public void RecordAnswer_OfAnyLength_CostsWhatIsKept()
    {
        using var spans = new SpanRecorder(static span => LlmTrace.CaptureContent(
            span, new LlmTracingOptions { CaptureContent = true, MaxContentLength = 1000 }));
        var answer = Enumerable.Repeat(new ChatMessage(ChatRole.Assistant, ""), 100_000).ToArray();

        using (var span = LlmTrace.StartChat(new LlmCall("m")))
        {
            span.RecordAnswer(answer);
        }

        Assert.InRange(((string)spans.Single.GetTagItem("gen_ai.output.messages")!).Length, 10, 10_000);
        Assert.Equal(true, spans.Single.GetTagItem("llm_tracing.content.cut"));
    }

    // What is captured costs no more for a longer stream.
    [Fact]
    public async Task TraceLlm_LimitIsReached_RestOfTheStreamAllocatesNothing()
    {
        var chunk = Head + """{"content":"0123456789 0123456789 0123456789"}}]}""";
        var stream = Enumerable.Repeat(chunk, 20_000).ToAsyncEnumerable();
        long before = 0;
        var read = 0;
        using var spans = new SpanRecorder(
            static span => LlmTrace.CaptureContent(span, new LlmTracingOptions { CaptureContent = true, MaxContentLength = 100 }));

        await foreach (var _ in stream.TraceLlm(new LlmCall("m")))
        {
            if (++read == 10_000)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
        }

        // The end of the stream writes its attributes; a byte for each chunk would be more.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    [Fact]
    public void RecordAnswer_ContentIsWanted_IsRecordedAsAnAnswerOfAStreamIs()
    {
        using var spans = new SpanRecorder();

        using (var span = LlmTrace.StartChat(new LlmCall("m") { CaptureContent = true }))
        {
            span.RecordAnswer([new(ChatRole.Assistant, "Hello")]);
        }

        Assert.Equal(
            """[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]""",
            spans.Single.GetTagItem("gen_ai.output.messages"));
    }

    private static async Task<Activity> ReadAsync<T>(
        IReadOnlyList<T> chunks,
        LlmCall? call = null,
        Func<IAsyncEnumerable<T>, IAsyncEnumerable<T>>? consume = null,
        LlmTracingOptions? options = null)
    {
        using var spans = new SpanRecorder(span => LlmTrace.CaptureContent(span, options ?? new LlmTracingOptions()));
        var stream = chunks.ToAsyncEnumerable().TraceLlm(call ?? new LlmCall("m") { CaptureContent = true });
        await foreach (var _ in consume?.Invoke(stream) ?? stream)
        {
        }

        return spans.Single;
    }
}
