using System.Diagnostics.CodeAnalysis;
using SseChatApi.Demo;

namespace SseChatApi.Chat;

/// <summary>Chooses who answers, by <c>Llm:Provider</c>.</summary>
internal static class ChatProviders
{
    public static bool TryAdd(
        IServiceCollection services, IConfiguration configuration, [NotNullWhen(false)] out string? problem)
    {
        var settings = new LlmSettings();
        configuration.GetSection("Llm").Bind(settings);
        problem = settings switch
        {
            { Provider: "demo" } => null,
            { BaseUrl: { } url } when !url.IsAbsoluteUri || url.Scheme is not ("http" or "https") =>
                $"Llm:BaseUrl is '{url}': set it to an address like http://localhost:11434/v1.",
            { Provider: "openai" or "anthropic", ApiKey: not (null or "") } => null,
            { Provider: "openai" } =>
                "Llm:ApiKey is missing: set Llm__ApiKey to your OpenAI key (a local server takes any text).",
            { Provider: "anthropic" } => "Llm:ApiKey is missing: set Llm__ApiKey to your Anthropic key.",
            _ => $"Llm:Provider is '{settings.Provider}': set it to demo, openai or anthropic.",
        };

        services.AddSingleton(settings);
        services.AddSingleton<IChatProvider>(provider => settings.Provider switch
        {
            "openai" => new OpenAIChatProvider(settings),
            "anthropic" => new AnthropicChatProvider(settings),
            _ => new DemoChatProvider(
                DocSearch.Load(Path.Combine(AppContext.BaseDirectory, "corpus")),
                new DemoChatClient(provider.GetRequiredService<TimeProvider>())),
        });
        return problem is null;
    }
}
