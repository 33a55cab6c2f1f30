using System.Collections.Frozen;

namespace LlmTracing;

/// <summary>The attributes of OpenTelemetry's semantic conventions for generative AI that a span carries.</summary>
/// <remarks>
/// Version 1.41:
/// https://github.com/open-telemetry/semantic-conventions/blob/v1.41.0/docs/gen-ai/gen-ai-spans.md.
/// An attribute whose value is not known is absent.
/// </remarks>
public static class GenAiAttributes
{
    // With the older names that other libraries still use.
    private static readonly FrozenSet<string> Content = FrozenSet.Create(
        InputMessages, OutputMessages, SystemInstructions, ToolCallArguments, ToolCallResult, "gen_ai.tool.definitions",
        "gen_ai.prompt", "gen_ai.completion", "gen_ai.request.messages", "gen_ai.request.available_tools",
        "gen_ai.response.text", "gen_ai.response.tool_calls", "gen_ai.tool.input", "gen_ai.tool.output");

    /// <summary>String: what was asked of the model, <c>chat</c> or another well-known operation.</summary>
    public const string OperationName = "gen_ai.operation.name";

    /// <summary>String: the provider, <c>openai</c>, <c>anthropic</c> or another well-known name.</summary>
    public const string ProviderName = "gen_ai.provider.name";

    /// <summary>String: the model asked for.</summary>
    public const string RequestModel = "gen_ai.request.model";

    /// <summary>Boolean: present, and true, on streamed calls.</summary>
    public const string RequestStream = "gen_ai.request.stream";

    /// <summary>Double: the sampling temperature asked for.</summary>
    public const string RequestTemperature = "gen_ai.request.temperature";

    /// <summary>Double: the nucleus sampling probability asked for.</summary>
    public const string RequestTopP = "gen_ai.request.top_p";

    /// <summary>Integer: the most output tokens asked for.</summary>
    public const string RequestMaxTokens = "gen_ai.request.max_tokens";

    /// <summary>String: the model that answered; the one asked for where the provider does not say.</summary>
    public const string ResponseModel = "gen_ai.response.model";

    /// <summary>String: the provider's id of the answer.</summary>
    public const string ResponseId = "gen_ai.response.id";

    /// <summary>String array: why the model stopped; <c>error</c> for an answer cut short.</summary>
    public const string ResponseFinishReasons = "gen_ai.response.finish_reasons";

    /// <summary>Double, seconds: from the first pull to the first chunk.</summary>
    public const string ResponseTimeToFirstChunk = "gen_ai.response.time_to_first_chunk";

    /// <summary>Integer: tokens read, cached ones included.</summary>
    public const string UsageInputTokens = "gen_ai.usage.input_tokens";

    /// <summary>Integer: tokens written, reasoning included.</summary>
    public const string UsageOutputTokens = "gen_ai.usage.output_tokens";

    /// <summary>Integer: input plus output.</summary>
    public const string UsageTotalTokens = "gen_ai.usage.total_tokens";

    /// <summary>Integer: the part of the input read from the provider's cache.</summary>
    public const string UsageCacheReadInputTokens = "gen_ai.usage.cache_read.input_tokens";

    /// <summary>Integer: the part of the input written to the provider's cache.</summary>
    public const string UsageCacheCreationInputTokens = "gen_ai.usage.cache_creation.input_tokens";

    /// <summary>Integer: the part of the output spent on reasoning.</summary>
    public const string UsageReasoningOutputTokens = "gen_ai.usage.reasoning.output_tokens";

    /// <summary>String, on metrics: which tokens are counted, <c>input</c> or <c>output</c>.</summary>
    public const string TokenType = "gen_ai.token.type";

    /// <summary>String: the agent that made the call.</summary>
    public const string AgentName = "gen_ai.agent.name";

    /// <summary>String: the pipeline that the call is a step of.</summary>
    public const string PipelineName = "gen_ai.pipeline.name";

    /// <summary>String: joins the calls of one conversation; only if the app gave one.</summary>
    public const string ConversationId = "gen_ai.conversation.id";

    /// <summary>String: the workflow, on its own span.</summary>
    public const string WorkflowName = "gen_ai.workflow.name";

    /// <summary>String: the tool that was run.</summary>
    public const string ToolName = "gen_ai.tool.name";

    /// <summary>String: the model's id of the tool call.</summary>
    public const string ToolCallId = "gen_ai.tool.call.id";

    /// <summary>String, JSON: what the tool was given. Content: only if the app wants it recorded.</summary>
    public const string ToolCallArguments = "gen_ai.tool.call.arguments";

    /// <summary>String: what the tool gave back. Content: only if the app wants it recorded.</summary>
    public const string ToolCallResult = "gen_ai.tool.call.result";

    /// <summary>
    /// String, JSON: the instructions beside the messages, as <c>[{"type":"text","content":"…"}]</c>. Content: only if the app
    /// wants it recorded.
    /// </summary>
    public const string SystemInstructions = "gen_ai.system_instructions";

    /// <summary>
    /// String, JSON: what the model was asked, as <c>[{"role":"user","parts":[{"type":"text","content":"…"}]}]</c>. Content: only
    /// if the app wants it recorded.
    /// </summary>
    public const string InputMessages = "gen_ai.input.messages";

    /// <summary>
    /// String, JSON: what it answered, in the same form with a <c>finish_reason</c>, one message for each choice. Content: only
    /// if the app wants it recorded.
    /// </summary>
    public const string OutputMessages = "gen_ai.output.messages";

    /// <summary>String: the class of the failure, an exception's full name or a status code.</summary>
    public const string ErrorType = "error.type";

    /// <summary>String: the host name called.</summary>
    public const string ServerAddress = "server.address";

    /// <summary>Integer: the port called.</summary>
    public const string ServerPort = "server.port";

    /// <summary>Tells whether an attribute holds what users, models or tools said.</summary>
    /// <param name="attribute">Its name.</param>
    public static bool IsContent(string attribute) => Content.Contains(attribute);
}
