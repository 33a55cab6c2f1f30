namespace LlmTracing;

/// <summary>The format in which a provider streams its answers as JSON.</summary>
/// <remarks>Many servers speak another's: what counts is the format, not whose model it is.</remarks>
public enum LlmDialect
{
    /// <summary>OpenAI's chat completions, and what most compatible servers speak.</summary>
    OpenAIChat,

    /// <summary>OpenAI's Responses.</summary>
    OpenAIResponses,

    /// <summary>Anthropic's messages.</summary>
    Anthropic,

    /// <summary>Gemini's <c>streamGenerateContent</c> with <c>alt=sse</c>.</summary>
    Gemini,

    /// <summary>Ollama's own API: a JSON object a line.</summary>
    Ollama,
}
