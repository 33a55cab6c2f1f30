namespace LlmTracing.Benchmarks.Micro.Readers;

/// <summary>Chunks as the providers send them: the one that begins a stream, and one of the many that tell only text.</summary>
internal static class DialectChunks
{
    public static (string First, string Next) Of(LlmDialect dialect) => dialect switch
    {
        LlmDialect.OpenAIChat => (Chat("""{"role":"assistant","content":"","refusal":null}"""), Chat("""{"content":" world"}""")),
        LlmDialect.OpenAIResponses => (
            """{"type":"response.created","sequence_number":0,"response":{"id":"resp_68af4030592c81938ec0a5fbab4a3e9f","object":"response","created_at":1756315696,"status":"in_progress","model":"gpt-4o-mini-2024-07-18","output":[]}}""",
            """{"type":"response.output_text.delta","sequence_number":14,"item_id":"msg_68af4033a2b8819398f0af1a2b3c4d5e","output_index":0,"content_index":0,"delta":" world","logprobs":[],"obfuscation":"x2KqPmZa9b"}"""),
        LlmDialect.Anthropic => (
            """{"type":"message_start","message":{"id":"msg_01XFDUDYJgAACzvnptvVoYEL","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[],"stop_reason":null,"usage":{"input_tokens":25,"output_tokens":1}}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" world"}}"""),
        LlmDialect.Gemini => (Gemini("Hello"), Gemini(" world")),
        _ => (Ollama("Hello"), Ollama(" world")),
    };

    private static string Chat(string delta) =>
        """{"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion.chunk","created":1756315696,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_560af6e559","choices":[{"index":0,"delta":"""
        + delta + ""","logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"x2KqPmZa9b"}""";

    private static string Gemini(string text) =>
        """{"candidates": [{"content": {"parts": [{"text": "%"}],"role": "model"},"index": 0}],"modelVersion": "gemini-2.5-flash","responseId": "mZ2vaOqGJ9mzmtkPqKzV8AQ"}"""
            .Replace("%", text, StringComparison.Ordinal);

    private static string Ollama(string text) =>
        """{"model":"llama3.2","created_at":"2026-01-01T12:00:00.123456789Z","message":{"role":"assistant","content":"%"},"done":false}"""
            .Replace("%", text, StringComparison.Ordinal);
}
