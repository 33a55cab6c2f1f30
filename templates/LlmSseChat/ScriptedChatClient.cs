using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace LlmSseChat;

/// <summary>Stands in for a model: streams a fixed answer word by word, without a key or a network.</summary>
internal sealed class ScriptedChatClient : IChatClient
{
    public const string ModelId = "scripted-1";
    public const string ProviderName = "scripted";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var question = string.Join(' ', messages.Select(message => message.Text));
        var answer = Words($"You said: {question} I am a script, so I say the same to everyone.");
        foreach (var word in answer)
        {
            await Task.Delay(Pause, cancellationToken);
            yield return Update(new TextContent(word));
        }

        var last = Update(new UsageContent(new UsageDetails
        {
            InputTokenCount = Words(question).Count,
            OutputTokenCount = answer.Count,
        }));
        last.FinishReason = ChatFinishReason.Stop;
        yield return last;
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private static ChatResponseUpdate Update(AIContent content) =>
        new(ChatRole.Assistant, [content]) { ModelId = ModelId };

    // Each with the space after it, so that the words joined are the text.
    private static List<string> Words(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return [.. words.Select((word, index) => index < words.Length - 1 ? word + " " : word)];
    }
}
