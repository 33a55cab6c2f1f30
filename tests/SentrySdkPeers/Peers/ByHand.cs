using System.Runtime.CompilerServices;

namespace LlmTracing.Tests.SentrySdkPeers.Peers;

/// <summary>The SDK alone, by a careful hand: what Sentry's page on custom instrumentation shows, and a <c>finally</c>.</summary>
internal sealed class ByHand : IPeer
{
    public void Add(WebApplicationBuilder builder)
    {
    }

    public void Use(WebApplication app)
    {
    }

    public IAsyncEnumerable<ChatResponseUpdate> Ask(ScriptedModel model, Script script) => TraceAsync(model.AnswerAsync(script));

    private static async IAsyncEnumerable<ChatResponseUpdate> TraceAsync(
        IAsyncEnumerable<ChatResponseUpdate> answer, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var span = Sentry.SentrySdk.GetSpan()?.StartChild("gen_ai.chat", "chat m");
        UsageDetails? usage = null;
        try
        {
            await foreach (var update in answer.WithCancellation(cancellationToken))
            {
                usage = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? usage;
                yield return update;
            }
        }
        finally
        {
            if (usage is not null)
            {
                span?.SetData("gen_ai.usage.input_tokens", usage.InputTokenCount);
                span?.SetData("gen_ai.usage.output_tokens", usage.OutputTokenCount);
            }

            span?.Finish();
        }
    }
}
