using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.Tests.Unit.SentryExporter.Mapping;

public sealed class SentryAliasesTests
{
    [Theory]
    [InlineData("gen_ai.provider.name", "gen_ai.system")]
    [InlineData("gen_ai.request.stream", "gen_ai.response.streaming")]
    [InlineData("gen_ai.response.time_to_first_chunk", "gen_ai.response.time_to_first_token")]
    [InlineData("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.input_tokens.cached")]
    [InlineData("gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.input_tokens.cache_write")]
    [InlineData("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.output_tokens.reasoning")]
    [InlineData("gen_ai.tool.call.arguments", "gen_ai.tool.input")]
    [InlineData("gen_ai.tool.call.result", "gen_ai.tool.output")]
    [InlineData("gen_ai.input.messages", "gen_ai.request.messages")]
    [InlineData("gen_ai.output.messages", "gen_ai.response.text")]
    [InlineData("gen_ai.usage.input_tokens", null)]
    [InlineData("app.tenant", null)]
    public void Of_Attribute_IsTheOlderName(string attribute, string? alias) =>
        Assert.Equal(alias, SentryAliases.Of(attribute));
}
