namespace LlmTracing;

/// <summary>The attributes of our own that a span or a transaction carries.</summary>
public static class LlmTracingAttributes
{
    /// <summary>
    /// String: how the stream ended, a <see cref="LlmTracing.StreamOutcome"/> in snake case; on the span and its
    /// transaction.
    /// </summary>
    public const string StreamOutcome = "llm_tracing.stream.outcome";

    /// <summary>Integer: how many chunks the provider sent.</summary>
    public const string StreamChunks = "llm_tracing.stream.chunks";

    /// <summary>Double, seconds: the longest wait for a chunk after the first.</summary>
    public const string StreamLongestGap = "llm_tracing.stream.longest_gap";

    /// <summary>Integer, bytes: what was written to the client, without the event that ends the response.</summary>
    public const string StreamBytes = "llm_tracing.stream.bytes";

    /// <summary>
    /// Boolean, where a stream was read on without its client: whether to its end, so that its usage is exact.
    /// </summary>
    public const string StreamDrained = "llm_tracing.stream.drained";

    /// <summary>Double, seconds: spent waiting for the client to take what was written.</summary>
    public const string StreamWriteWait = "llm_tracing.stream.write_wait";

    /// <summary>
    /// Strings: the names of the tools that the model asks the app to run, in order; an empty one where it has none.
    /// </summary>
    public const string ToolNames = "llm_tracing.tool_calls.names";

    /// <summary>
    /// Strings: the model's ids of those calls, in the same order, an empty one for each that has none. The span of a tool's
    /// run has the id as <see cref="GenAiAttributes.ToolCallId"/>, and a link to the span that asked for it.
    /// </summary>
    public const string ToolCallIds = "llm_tracing.tool_calls.ids";

    /// <summary>
    /// String: how the parent was found, <c>explicit</c>, <c>ambient</c>, <c>request</c> or <c>none</c>.
    /// </summary>
    public const string Parent = "llm_tracing.parent";

    /// <summary>
    /// String: <c>provider</c>, <c>partial</c> where the stream ended before its last report, or <c>estimated</c> where some of
    /// it is an estimate.
    /// </summary>
    public const string UsageSource = "llm_tracing.usage.source";

    /// <summary>Integer: input tokens, estimated because the provider did not report them.</summary>
    public const string UsageEstimatedInputTokens = "llm_tracing.usage.estimated_input_tokens";

    /// <summary>Integer: output tokens, estimated because the provider did not report them.</summary>
    public const string UsageEstimatedOutputTokens = "llm_tracing.usage.estimated_output_tokens";

    /// <summary>
    /// Double, USD: what the call cost, by <see cref="LlmTracingOptions.Pricing"/>; on the transaction, the sum over those of
    /// its calls whose cost is known.
    /// </summary>
    public const string CostTotal = "llm_tracing.cost.total";

    /// <summary>Integer: the HTTP status with which the provider refused; on the span and its transaction.</summary>
    public const string UpstreamStatusCode = "llm_tracing.upstream.status_code";

    /// <summary>Integer, on the transaction: how many spans were left out because it had too many.</summary>
    public const string DroppedSpans = "llm_tracing.spans.dropped";

    /// <summary>
    /// Boolean, true where what a span holds of what was said is not all of it: a cut text ends in <c>…</c>, of messages the
    /// newest are kept.
    /// </summary>
    public const string ContentCut = "llm_tracing.content.cut";

    /// <summary>
    /// Integer, on the transaction: how many attributes of what was said were left out because it was too large to send. On a
    /// span that was recovered after its process had died: how many of its own were too large to be kept, those above 512 bytes.
    /// </summary>
    public const string DroppedContent = "llm_tracing.content.dropped";

    /// <summary>Integer, on the transaction: how many calls were made to models.</summary>
    public const string Calls = "llm_tracing.calls";

    /// <summary>Integer, on the transaction: input tokens of all its calls.</summary>
    public const string UsageInputTokens = "llm_tracing.usage.input_tokens";

    /// <summary>Integer, on the transaction: output tokens of all its calls.</summary>
    public const string UsageOutputTokens = "llm_tracing.usage.output_tokens";

    /// <summary>Integer, on the transaction: input and output tokens of all its calls.</summary>
    public const string UsageTotalTokens = "llm_tracing.usage.total_tokens";
}
