namespace SseChatApi.Chat;

/// <summary>The configuration section <c>Llm</c>.</summary>
internal sealed class LlmSettings
{
    public string Provider { get; set; } = "demo";

    public Uri? BaseUrl { get; set; }

    public string? ApiKey { get; set; }

    public string? Model { get; set; }
}
