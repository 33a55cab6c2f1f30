using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace LlmTracing;

/// <summary>Describes one call to a model: what the app asked, and under which span it belongs.</summary>
/// <param name="Model">The model asked for, for example <c>gpt-4o-mini</c>; becomes <c>gen_ai.request.model</c>.</param>
/// <remarks>Everything is optional: what is not known is left off the span.</remarks>
public sealed record LlmCall(string? Model = null)
{
    /// <summary>Gets the operation, one of the well-known values of <c>gen_ai.operation.name</c>.</summary>
    /// <value><c>chat</c> by default; also <c>text_completion</c>, <c>generate_content</c>, <c>embeddings</c>.</value>
    public string Operation { get; init; } = "chat";

    /// <summary>Gets the provider as its well-known name: <c>openai</c>, <c>anthropic</c>, <c>azure.ai.openai</c>.</summary>
    public string? Provider { get; init; }

    /// <summary>Gets the name of the pipeline that the call is a step of.</summary>
    /// <value>Null by default: that of the workflow above.</value>
    public string? Pipeline { get; init; }

    /// <summary>Gets the name of the agent that makes the call.</summary>
    /// <value>Null by default: that of the agent above.</value>
    public string? Agent { get; init; }

    /// <summary>Gets the id that joins the calls of one conversation.</summary>
    /// <value>Null by default: that of the nearest span above that has one.</value>
    public string? ConversationId { get; init; }

    /// <summary>Gets the sampling temperature asked for.</summary>
    public double? Temperature { get; init; }

    /// <summary>Gets the nucleus sampling probability asked for, 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>Gets the most output tokens asked for.</summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary>Gets the host name of the provider's endpoint.</summary>
    public string? ServerAddress { get; init; }

    /// <summary>Gets the port of the provider's endpoint.</summary>
    public int? ServerPort { get; init; }

    /// <summary>Gets the format of a stream of strings or bytes that are a provider's JSON.</summary>
    /// <value>
    /// Null by default: a stream whose first chunk is recognised as a provider's is read as such, any other stream of strings
    /// is plain text. Types of a provider's SDK tell by themselves.
    /// </value>
    public LlmDialect? Dialect { get; init; }

    /// <summary>
    /// Gets the span to put the call under, for code that runs outside the flow of the request it serves.
    /// </summary>
    /// <value>
    /// Null by default, and one that was never started is as good: the span that is current where the call is made, by <c>TraceLlm</c>, <c>TracedSse</c> or
    /// <c>StartChat</c>, or a span beneath that one which is current where its stream is first pulled; else the request's.
    /// </value>
    public Activity? Parent { get; init; }

    /// <summary>Gets the instructions that go to the model beside the messages.</summary>
    /// <value>Null by default. What is done with them is that of <see cref="Messages"/>.</value>
    public string? Instructions { get; init; }

    /// <summary>Gets what the model is asked: the conversation so far, in order.</summary>
    /// <value>
    /// Null by default. They are read when the span starts, and only where content is captured, or with
    /// <see cref="LlmTracingOptions.EstimateMissingUsage"/> to estimate their tokens.
    /// </value>
    public IReadOnlyList<ChatMessage>? Messages { get; init; }

    /// <summary>Gets whether what is asked and answered in this call is recorded, whatever the app wants otherwise.</summary>
    /// <value>Null by default: as <see cref="LlmTracingOptions.CaptureContent"/> says. Its limit and redaction hold always.</value>
    public bool? CaptureContent { get; init; }

    /// <summary>Gets attributes of the app's own for the span. Values are strings, numbers or booleans.</summary>
    public IReadOnlyDictionary<string, object?>? Attributes { get; init; }
}
