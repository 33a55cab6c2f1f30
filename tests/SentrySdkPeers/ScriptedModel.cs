using System.Runtime.CompilerServices;

namespace LlmTracing.Tests.SentrySdkPeers;

/// <summary>A model that answers as a script says.</summary>
internal sealed class ScriptedModel
{
    private readonly TaskCompletionSource _cutOff = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets a task that completes when an answer was cancelled.</summary>
    public Task WhenCutOff => _cutOff.Task;

    public IChatClient As(Script script) => new Client(this, script);

    public async IAsyncEnumerable<ChatResponseUpdate> AnswerAsync(
        Script script, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return Chunk("Hello", script, output: 1);
        await Task.Yield();
        if (script == Script.NeverEnds)
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }
            finally
            {
                _cutOff.TrySetResult();
            }
        }

        yield return Chunk(".", script, output: 4);
    }

    private static ChatResponseUpdate Chunk(string text, Script script, long output)
    {
        var update = new ChatResponseUpdate(ChatRole.Assistant, text);
        if (script != Script.NoUsage)
        {
            update.Contents.Add(new UsageContent(new() { InputTokenCount = 11, OutputTokenCount = output }));
        }

        return update;
    }

    private sealed class Client(ScriptedModel model, Script script) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            model.AnswerAsync(script, cancellationToken).ToChatResponseAsync(cancellationToken);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            model.AnswerAsync(script, cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
