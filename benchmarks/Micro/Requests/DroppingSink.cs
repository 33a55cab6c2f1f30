namespace LlmTracing.Benchmarks.Micro.Requests;

/// <summary>A backend that takes no time: what is left is what the request's own path costs until it has been handed on.</summary>
internal sealed class DroppingSink : ITransactionSink
{
    public void Accept(FinishedTransaction transaction)
    {
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
