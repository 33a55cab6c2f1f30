using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace SseChatApi.Demo;

/// <summary>A scripted model that answers from the sections in its prompt, without a key or a network.</summary>
internal sealed class DemoChatClient(TimeProvider timeProvider) : IChatClient
{
    public const string ModelId = "demo-docs-1";
    public const string ProviderName = "demo";

    private static readonly ChatClientMetadata Metadata = new(ProviderName, defaultModelId: ModelId);

    /// <summary>Streams the answer a token at a time; the last update has no text, only the usage.</summary>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatMessage[] prompt = [.. messages];
        var question = DemoPrompt.QuestionIn(prompt);
        var answer = DemoAnswer.To(question, DemoPrompt.SectionsIn(prompt));

        var (id, pace, outputTokens) = (Guid.NewGuid().ToString("N"), new DemoPace(question), 0);
        foreach (var token in DemoTokens.Of(answer))
        {
            await Task.Delay(pace.Next(), timeProvider, cancellationToken);
            outputTokens++;
            yield return Update(id, new TextContent(token));
        }

        var last = Update(id, new UsageContent(Usage(prompt, outputTokens)));
        last.FinishReason = ChatFinishReason.Stop;
        yield return last;
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
        {
            return null;
        }

        return serviceType == typeof(ChatClientMetadata) ? Metadata : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose()
    {
    }

    private static ChatResponseUpdate Update(string id, AIContent content) => new(ChatRole.Assistant, [content])
    {
        ModelId = ModelId,
        ResponseId = $"demo-{id}",
        MessageId = $"msg-{id}",
    };

    private static UsageDetails Usage(IEnumerable<ChatMessage> prompt, int outputTokens)
    {
        var inputTokens = prompt.Sum(message => DemoTokens.Count(message.Text));
        return new UsageDetails
        {
            InputTokenCount = inputTokens,
            OutputTokenCount = outputTokens,
            TotalTokenCount = inputTokens + outputTokens,
        };
    }
}
