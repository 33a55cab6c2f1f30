using System.Diagnostics;
using LlmTracing.Tests.Unit.Support;
using Microsoft.Extensions.AI;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

/// <summary>What is on the span of a stream: all that is known, and nothing that is not.</summary>
public sealed class TracedEnumeratorAttributesTests
{
    [Fact]
    public async Task MoveNextAsync_NothingKnown_SpanHasOnlyWhatEveryStreamHas()
    {
        using var spans = new SpanRecorder();

        await Streams.Of("a", "b").TraceLlm().ReadAsync();

        AssertTags(spans.Single, new()
        {
            ["gen_ai.operation.name"] = "chat",
            ["gen_ai.request.stream"] = true,
            ["gen_ai.response.time_to_first_chunk"] = AnySeconds,
            ["llm_tracing.parent"] = "ambient",
            ["llm_tracing.stream.chunks"] = 2L,
            ["llm_tracing.stream.longest_gap"] = 0.0,
            ["llm_tracing.stream.outcome"] = "completed",
        });
        Assert.Equal("chat", spans.Single.DisplayName);
        Assert.Equal(ActivityKind.Client, spans.Single.Kind);
    }

    [Fact]
    public async Task MoveNextAsync_NoChunk_SpanHasNoTimesOfChunks()
    {
        using var spans = new SpanRecorder();

        await Streams.Of<string>().TraceLlm().ReadAsync();

        AssertTags(spans.Single, new()
        {
            ["gen_ai.operation.name"] = "chat",
            ["gen_ai.request.stream"] = true,
            ["llm_tracing.parent"] = "ambient",
            ["llm_tracing.stream.chunks"] = 0L,
            ["llm_tracing.stream.outcome"] = "completed",
        });
    }

    [Fact]
    public async Task MoveNextAsync_EverythingKnown_SpanHasItAll()
    {
        using var spans = new SpanRecorder();
        var call = new LlmCall("gpt-4o-mini")
        {
            Operation = "generate_content",
            Provider = "openai",
            Pipeline = "answers",
            Agent = "clerk",
            ConversationId = "conversation-1",
            Temperature = 0.5,
            TopP = 0.9,
            MaxOutputTokens = 100,
            ServerAddress = "api.openai.com",
            ServerPort = 443,
            Attributes = new Dictionary<string, object?> { ["app.tenant"] = "acme", ["app.unknown"] = null },
        };
        var update = new ChatResponseUpdate(ChatRole.Assistant, "Hi")
        {
            ModelId = "gpt-4o-mini-2024-07-18",
            ResponseId = "resp-1",
            FinishReason = ChatFinishReason.Stop,
        };
        update.Contents.Add(new UsageContent(new UsageDetails
        {
            InputTokenCount = 11,
            OutputTokenCount = 4,
            CachedInputTokenCount = 3,
            ReasoningTokenCount = 2,
        }));

        await Streams.Of(update).TraceLlm(call).ReadAsync();

        AssertTags(spans.Single, new()
        {
            ["app.tenant"] = "acme",
            ["gen_ai.agent.name"] = "clerk",
            ["gen_ai.conversation.id"] = "conversation-1",
            ["gen_ai.operation.name"] = "generate_content",
            ["gen_ai.pipeline.name"] = "answers",
            ["gen_ai.provider.name"] = "openai",
            ["gen_ai.request.max_tokens"] = 100L,
            ["gen_ai.request.model"] = "gpt-4o-mini",
            ["gen_ai.request.stream"] = true,
            ["gen_ai.request.temperature"] = 0.5,
            ["gen_ai.request.top_p"] = 0.9,
            ["gen_ai.response.finish_reasons"] = new[] { "stop" },
            ["gen_ai.response.id"] = "resp-1",
            ["gen_ai.response.model"] = "gpt-4o-mini-2024-07-18",
            ["gen_ai.response.time_to_first_chunk"] = AnySeconds,
            ["gen_ai.usage.cache_read.input_tokens"] = 3L,
            ["gen_ai.usage.input_tokens"] = 11L,
            ["gen_ai.usage.output_tokens"] = 4L,
            ["gen_ai.usage.reasoning.output_tokens"] = 2L,
            ["gen_ai.usage.total_tokens"] = 15L,
            ["llm_tracing.parent"] = "ambient",
            ["llm_tracing.stream.chunks"] = 1L,
            ["llm_tracing.stream.outcome"] = "completed",
            ["llm_tracing.usage.source"] = "provider",
            ["server.address"] = "api.openai.com",
            ["server.port"] = 443L,
        });
        Assert.Equal("generate_content gpt-4o-mini", spans.Single.DisplayName);
    }

    [Fact]
    public async Task MoveNextAsync_ProviderDoesNotNameItsModel_ResponseModelIsTheOneAskedFor()
    {
        using var spans = new SpanRecorder();

        await Streams.Of("a").TraceLlm(new LlmCall("gpt-4o-mini")).ReadAsync();

        Assert.Equal("gpt-4o-mini", spans.Single.GetTagItem("gen_ai.response.model"));
    }

    [Fact]
    public async Task DisposeAsync_BrokenOffAfterAReport_UsageIsPartialAndFinishReasonIsError()
    {
        using var spans = new SpanRecorder();

        await foreach (var _ in Streams.Of(UsageUpdate(11, null)).TraceLlm())
        {
            break;
        }

        var span = spans.Single;
        Assert.Equal(11L, span.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal("partial", span.GetTagItem("llm_tracing.usage.source"));
        Assert.Equal(new[] { "error" }, span.GetTagItem("gen_ai.response.finish_reasons"));
        Assert.Null(span.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Null(span.GetTagItem("gen_ai.usage.total_tokens"));
    }

    [Fact]
    public async Task MoveNextAsync_FailsAfterAFinishReason_FinishReasonIsTheProviders()
    {
        using var spans = new SpanRecorder();
        var update = new ChatResponseUpdate { FinishReason = ChatFinishReason.Length };

        await Assert.ThrowsAsync<FormatException>(
            () => Streams.Failing(new FormatException(), update).TraceLlm().ReadAsync());

        Assert.Equal(new[] { "length" }, spans.Single.GetTagItem("gen_ai.response.finish_reasons"));
    }

    [Fact]
    public async Task MoveNextAsync_PartsLargerThanTheirWhole_AreClamped()
    {
        using var spans = new SpanRecorder();
        var update = new ChatResponseUpdate
        {
            Contents =
            [
                new UsageContent(new UsageDetails
                {
                    InputTokenCount = 10,
                    OutputTokenCount = 5,
                    CachedInputTokenCount = 12,
                    ReasoningTokenCount = 7,
                }),
            ],
        };

        await Streams.Of(update).TraceLlm().ReadAsync();

        Assert.Equal(10L, spans.Single.GetTagItem("gen_ai.usage.cache_read.input_tokens"));
        Assert.Equal(5L, spans.Single.GetTagItem("gen_ai.usage.reasoning.output_tokens"));
    }

    [Fact]
    public async Task MoveNextAsync_RunningTotals_LastOneIsOnTheSpan()
    {
        using var spans = new SpanRecorder();

        await Streams.Of(UsageUpdate(11, 1), UsageUpdate(11, 3), UsageUpdate(11, 4)).TraceLlm().ReadAsync();

        Assert.Equal(11L, spans.Single.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(4L, spans.Single.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Equal(15L, spans.Single.GetTagItem("gen_ai.usage.total_tokens"));
    }

    [Fact]
    public async Task MoveNextAsync_AttributesOfTheCallThrow_SpanEndsWithThoseBefore()
    {
        using var spans = new SpanRecorder();

        var chunks = await Streams.Of("a", "b").TraceLlm(new LlmCall("gpt-4o-mini") { Attributes = new ChangingAttributes() }).ReadAsync();

        Assert.Equal(["a", "b"], chunks);
        var span = spans.Single;
        Assert.Equal(("acme", "completed"), (span.GetTagItem("app.tenant"), span.GetTagItem("llm_tracing.stream.outcome")));
    }

    [Fact]
    public async Task MoveNextAsync_ReaderThrows_StreamGoesOnAndTheReaderIsNotAskedAgain()
    {
        using var spans = new SpanRecorder();
        var reader = new ThrowingReader();
        LlmTrace.UseChunkReader(reader);

        var chunks = await Streams.Of(new UnreadableChunk(1), new(2), new(3)).TraceLlm().ReadAsync();

        Assert.Equal([new(1), new(2), new(3)], chunks);
        Assert.Equal(2, reader.Reads);
        Assert.Equal("completed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Equal(3L, spans.Single.GetTagItem("llm_tracing.stream.chunks"));
        Assert.Equal("the reader's", spans.Single.GetTagItem("gen_ai.response.model"));
        Assert.Equal(ActivityStatusCode.Unset, spans.Single.Status);
    }

    [Fact]
    public async Task MoveNextAsync_ReaderThrowsAfterAWait_StreamGoesOn()
    {
        using var spans = new SpanRecorder();
        LlmTrace.UseChunkReader(new ThrowingLaterReader());
        var gates = new Gates();
        async IAsyncEnumerable<UnreadableLater> Source()
        {
            await gates.PassAsync();
            yield return new(1);
            await gates.PassAsync();
            yield return new(2);
        }

        await using (var chunks = Source().TraceLlm().GetAsyncEnumerator(TestContext.Current.CancellationToken))
        {
            Assert.True(await gates.PullAsync(chunks));
            Assert.True(await gates.PullAsync(chunks));
            Assert.False(await chunks.MoveNextAsync().BoundAsync());
        }

        Assert.Equal("completed", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
    }

    private const string AnySeconds = "any number of seconds";

    private static ChatResponseUpdate UsageUpdate(long? input, long? output) => new()
    {
        Contents = [new UsageContent(new UsageDetails { InputTokenCount = input, OutputTokenCount = output })],
    };

    private static void AssertTags(Activity span, Dictionary<string, object?> expected)
    {
        var actual = span.TagObjects.ToDictionary();
        foreach (var (key, value) in expected)
        {
            if (value as string == AnySeconds)
            {
                // A millisecond, since a span is timed by another clock.
                Assert.InRange(Assert.IsType<double>(actual[key]), 0, span.Duration.TotalSeconds + 0.001);
                actual[key] = AnySeconds;
            }
        }

        Assert.Equal(expected, actual);
    }

    private sealed record UnreadableChunk(int Number);

    private sealed record UnreadableLater(int Number);

    // As one that another thread changes meanwhile.
    private sealed class ChangingAttributes : Dictionary<string, object?>, IEnumerable<KeyValuePair<string, object?>>
    {
        IEnumerator<KeyValuePair<string, object?>> IEnumerable<KeyValuePair<string, object?>>.GetEnumerator()
        {
            yield return new("app.tenant", "acme");
            throw new InvalidOperationException("Collection was modified.");
        }
    }

    private sealed class ThrowingReader : IChunkReader<UnreadableChunk>
    {
        public int Reads { get; private set; }

        public void Read(UnreadableChunk chunk, ref ChunkReading reading)
        {
            reading.Model = "the reader's";
            if (++Reads == 2)
            {
                throw new FormatException();
            }
        }
    }

    private sealed class ThrowingLaterReader : IChunkReader<UnreadableLater>
    {
        public void Read(UnreadableLater chunk, ref ChunkReading reading) => throw new FormatException();
    }
}
