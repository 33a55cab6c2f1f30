namespace LlmTracing;

/// <summary>The last words of a completed server-sent-events response.</summary>
public enum SseCompletion
{
    /// <summary>An event named <c>done</c> with outcome, trace id and usage as JSON.</summary>
    Event,

    /// <summary><c>data: [DONE]</c>, for clients made for OpenAI's protocol.</summary>
    OpenAiDone,

    /// <summary>Nothing: the stream just ends.</summary>
    None,
}
