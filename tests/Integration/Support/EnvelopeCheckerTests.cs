using System.Text.Json.Nodes;

namespace LlmTracing.Tests.Integration.Support;

public sealed class EnvelopeCheckerTests
{
    private const string Chat = "event/spans/1";
    private const string Data = Chat + "/data";
    private const string Root = "event/contexts/trace";
    private readonly SampleEnvelope _envelope = new();

    [Fact]
    public void Check_ValidEnvelope_FindsNothing() => Assert.Empty(_envelope.Deviations());

    [Theory]
    [InlineData("header/event_id", "\"1111\"", "event_id must be 32 lower hex digits")]
    [InlineData("header/sent_at", "\"yesterday\"", "sent_at must be an RFC 3339 instant")]
    [InlineData("header/sent_at", "\"2026-13-02T03:04:05Z\"", "sent_at is no instant")]
    [InlineData("header/sdk/version", null, "sdk.version must be a non-empty string")]
    [InlineData("header/trace", null, "trace.public_key must be \"public\", was nothing")]
    [InlineData("header/trace/sampled", "true", "trace.sampled must be a string")]
    [InlineData("header/trace/sample_rate", "\"25 %\"", "trace.sample_rate must be a rate from 0 to 1")]
    [InlineData("header/trace/trace_id", "\"33333333333333333333333333333333\"", "trace.trace_id must be \"2222")]
    public void Check_DeviatingHeader_IsNamed(string path, string? json, string expected) =>
        AssertDeviation(path, json, expected);

    [Theory]
    [InlineData("event/type", "\"event\"", "transaction.type must be \"transaction\"")]
    [InlineData("event/platform", null, "transaction.platform must be \"csharp\"")]
    [InlineData("event/event_id", "\"33333333333333333333333333333333\"", "transaction.event_id must be \"1111")]
    [InlineData("event/transaction", "\"\"", "transaction.transaction must be a non-empty string")]
    [InlineData("event/transaction_info/source", "\"view\"", "transaction_info.source must be route, url or custom")]
    [InlineData("event/timestamp", null, "transaction.timestamp must be a number")]
    [InlineData("event/timestamp", "\"2026-01-02T03:04:05Z\"", "transaction.timestamp must be a number")]
    [InlineData("event/start_timestamp", "1700000003", "transaction ends at 1700000002.0, before it starts")]
    [InlineData("event/tags/tier", "1", "tags.tier must be a string")]
    [InlineData("event/measurements/ttft/value", "\"12\"", "measurements.ttft.value must be a number")]
    [InlineData(Root + "/span_id", "\"AAAAAAAAAAAAAAAA\"", "contexts.trace.span_id must be 16 lower hex digits")]
    [InlineData(Root + "/op", null, "contexts.trace.op must be a non-empty string")]
    [InlineData(Root + "/origin", "\"aspnetcore\"", "contexts.trace.origin must be an origin")]
    [InlineData(Root + "/status", "\"error\"", "contexts.trace.status must be one of Sentry's")]
    [InlineData(Root + "/data/gen_ai.usage.input_tokens", "11", "must not have gen_ai.usage.input_tokens")]
    [InlineData("event/spans", null, "transaction.spans must be an array")]
    [InlineData(Root + "/links", "[]", "contexts.trace.links must be an array of links")]
    public void Check_DeviatingTransaction_IsNamed(string path, string? json, string expected) =>
        AssertDeviation(path, json, expected);

    [Theory]
    [InlineData(Chat + "/trace_id", "\"33333333333333333333333333333333\"", "spans[1].trace_id must be \"2222")]
    [InlineData(Chat + "/span_id", "\"aaaaaaaaaaaaaaaa\"", "spans[1].span_id \"aaaaaaaaaaaaaaaa\" is used twice")]
    [InlineData(Chat + "/span_id", "\"0000000000000000\"", "spans[1].span_id must be 16 lower hex digits")]
    [InlineData(Chat + "/parent_span_id", "\"dddddddddddddddd\"", "spans[1].parent_span_id must name a span")]
    [InlineData(Chat + "/parent_span_id", null, "spans[1].parent_span_id must name a span")]
    [InlineData(Chat + "/parent_span_id", "\"cccccccccccccccc\"", "spans[1] is its own ancestor")]
    [InlineData(Chat + "/status", "\"OK\"", "spans[1].status must be one of Sentry's")]
    [InlineData(Chat + "/timestamp", null, "spans[1].timestamp must be a number")]
    [InlineData(Chat + "/timestamp", "1700000000.375", "spans[1] ends at 1700000000.375, before it starts")]
    [InlineData(Chat + "/timestamp", "1700000002.002", "spans[1] ends after its transaction")]
    [InlineData("event/spans/0/start_timestamp", "1699999999.998", "spans[0] starts before its transaction")]
    [InlineData(Chat + "/start_timestamp", "1700000000.125", "spans[1] starts before spans[0]")]
    [InlineData(Chat + "/origin", "\"\"", "spans[1].origin must be an origin")]
    [InlineData(Chat + "/links", "{}", "spans[1].links must be an array of links")]
    [InlineData(Chat + "/links", "[{}]", "spans[1].links[0].span_id must be 16 lower hex digits")]
    [InlineData(Chat + "/links", "[{\"span_id\":\"aaaaaaaaaaaaaaaa\"}]", "spans[1].links[0].trace_id must be 32 lower hex digits")]
    [InlineData(Chat + "/links", "[{\"sampled\":1}]", "spans[1].links[0].sampled must be true or false, was 1")]
    [InlineData(Chat + "/links", "[{\"spanId\":\"a\"}]", "spans[1].links[0] must not have spanId")]
    [InlineData(Chat + "/links", "[{\"attributes\":{\"a\":[]}}]", "spans[1].links[0].attributes must have a primitive as a")]
    public void Check_DeviatingSpan_IsNamed(string path, string? json, string expected) =>
        AssertDeviation(path, json, expected);

    [Theory]
    [InlineData("gen_ai.system", null, "so gen_ai.system must be the same, was nothing")]
    [InlineData("gen_ai.response.streaming", "\"true\"", "so gen_ai.response.streaming must be the same")]
    [InlineData("gen_ai.response.time_to_first_token", "0.25", "so gen_ai.response.time_to_first_token must be")]
    [InlineData("gen_ai.usage.input_tokens.cached", null, "so gen_ai.usage.input_tokens.cached must be the same")]
    [InlineData("gen_ai.usage.output_tokens.reasoning", "3", "so gen_ai.usage.output_tokens.reasoning must be")]
    [InlineData("gen_ai.usage.cache_creation.input_tokens", "1", "so gen_ai.usage.input_tokens.cache_write must be")]
    [InlineData("gen_ai.tool.call.arguments", "\"{}\"", "so gen_ai.tool.input must be the same")]
    [InlineData("gen_ai.output.messages", "\"[]\"", "so gen_ai.response.text must be a string")]
    [InlineData("gen_ai.input.messages", "\"[]\"", "so gen_ai.request.messages must be a string")]
    [InlineData("list", "[1]", "must have a primitive as list, was [1]")]
    [InlineData("object", "{}", "must have a primitive as object, was {}")]
    [InlineData("gen_ai.operation.type", "\"ai_client\"", "must not have gen_ai.operation.type")]
    [InlineData("gen_ai.cost.total_tokens", "1", "must not have gen_ai.cost.total_tokens")]
    [InlineData("gen_ai.response.tokens_per_second", "1", "must not have gen_ai.response.tokens_per_second")]
    [InlineData("ai.model_id", "\"small\"", "must not have ai.model_id")]
    [InlineData("gen_ai.operation.name", "\"generate_content\"", "spans[1].op must be \"gen_ai.generate_content\"")]
    [InlineData("gen_ai.response.model", null, "spans[1].data.gen_ai.response.model must be a non-empty string")]
    [InlineData("gen_ai.request.model", "\"large\"", "spans[1].description must be \"chat large\"")]
    [InlineData("gen_ai.response.finish_reasons", "\"stop\"", "must be a JSON array of strings")]
    [InlineData("gen_ai.usage.output_tokens", "4.0", "must have an integer of 0 or more as gen_ai.usage.output_tokens")]
    [InlineData("gen_ai.usage.total_tokens", "16", "gen_ai.usage.total_tokens = 16, but input and output are 15")]
    [InlineData("gen_ai.usage.output_tokens", "1", "more than gen_ai.usage.output_tokens = 1")]
    public void Check_DeviatingData_IsNamed(string key, string? json, string expected) =>
        AssertDeviation($"{Data}/{key}", json, expected);

    [Fact]
    public void Check_MoreThanOneMebibyte_IsNamed()
    {
        _envelope.Event["tags"]!["tier"] = new string('x', 1024 * 1024);

        var deviations = _envelope.Deviations();
        Assert.Equal(2, deviations.Count);
        Assert.StartsWith("An item may have 1048576 bytes", deviations[0], StringComparison.Ordinal);
        Assert.Equal("transaction.tags.tier has 1048576 characters, at most 8192.", deviations[1]);
    }

    [Fact]
    public void Check_1001Spans_IsNamed()
    {
        var spans = _envelope.Event["spans"]!.AsArray();
        while (spans.Count < 1001)
        {
            var copy = spans[1]!.DeepClone();
            copy["span_id"] = $"{spans.Count:x16}";
            spans.Add((JsonNode)copy);
        }

        Assert.Equal(["A transaction may have 1000 spans, this has 1001."], _envelope.Deviations());
    }

    [Fact]
    public void Check_SpanForcedToEndLate_FindsNothing()
    {
        _envelope.Set(Chat + "/status", "\"deadline_exceeded\"");
        _envelope.Set(Chat + "/timestamp", "1700000009");

        Assert.Empty(_envelope.Deviations());
    }

    [Fact]
    public void Check_WorkflowSentAsAgent_NeedsItsPipeline()
    {
        _envelope.Set("event/spans/0/data/gen_ai.operation.name", "\"invoke_workflow\"");

        Assert.StartsWith("spans[0].data.gen_ai.pipeline.name must be", Assert.Single(_envelope.Deviations()));
    }

    [Fact]
    public void Check_ContinuedTraceFrozenEmpty_FindsNothing()
    {
        _envelope.Set("header/trace", null);
        _envelope.Set(Root + "/parent_span_id", "\"dddddddddddddddd\"");

        Assert.Empty(_envelope.Deviations());
    }

    private void AssertDeviation(string path, string? json, string expected)
    {
        _envelope.Set(path, json);

        Assert.Contains(_envelope.Deviations(), sentence => sentence.Contains(expected, StringComparison.Ordinal));
    }
}
