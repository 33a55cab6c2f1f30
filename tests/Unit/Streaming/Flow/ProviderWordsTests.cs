using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

public sealed class ProviderWordsTests
{
    [Fact]
    public async Task TraceLlm_NamesThatAreNone_AreCutOrLeftOut()
    {
        using var spans = new SpanRecorder();
        var name = new string('n', 10_000);
        string[] chunks =
        [
            $$$"""{"id":"{{{name}}}","model":"{{{name}}}","choices":[{"index":0,"finish_reason":"{{{name}}}"}]}""",
            $$$"""{"choices":[{"index":0,"delta":{"tool_calls":[{"id":"{{{name}}}","function":{"name":"{{{name}}}"}}]}}]}""",
            """{"error":{"type":"You asked for something else","message":"No."}}""",
        ];

        await foreach (var _ in chunks.ToAsyncEnumerable().TraceLlm(new LlmCall("m") { Dialect = LlmDialect.OpenAIChat }))
        {
        }

        var span = spans.Single;
        Assert.Equal(256, ((string)span.GetTagItem("gen_ai.response.model")!).Length);
        Assert.Equal(256, ((string)span.GetTagItem("gen_ai.response.id")!).Length);
        Assert.Equal(256, Assert.Single((string[])span.GetTagItem("gen_ai.response.finish_reasons")!).Length);
        Assert.Equal(256, Assert.Single((string[])span.GetTagItem("llm_tracing.tool_calls.names")!).Length);
        Assert.Equal(256, Assert.Single((string[])span.GetTagItem("llm_tracing.tool_calls.ids")!).Length);
        Assert.Equal("_OTHER", span.GetTagItem("error.type"));
    }
}
