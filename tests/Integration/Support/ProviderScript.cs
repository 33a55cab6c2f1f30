using System.Net;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>What a scripted provider answers to one request.</summary>
internal sealed record ProviderScript
{
    public IReadOnlyList<string> Chunks { get; init; } = ["Hello", ", ", "world"];

    public string ResponseId { get; init; } = "response-1";

    /// <summary>Gets the model that answers; null names the one that was asked for.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the reason the stream gives for its end; null is the provider's own for "done".</summary>
    public string? FinishReason { get; init; }

    public ScriptedUsage Usage { get; init; } = new(Input: 11, Output: 4);

    /// <summary>Gets whether each chunk repeats the usage, as some servers compatible with OpenAI do.</summary>
    public bool UsageOnEveryChunk { get; init; }

    /// <summary>Gets the status; any but 200 answers the provider's error JSON and no stream.</summary>
    public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

    public ProviderFault? Fault { get; init; }

    /// <summary>Gets the point where the stream waits for the test.</summary>
    public ScriptGate? Gate { get; init; }
}
