namespace LlmTracing;

/// <summary>A backend: takes every finished transaction of the app.</summary>
public interface ITransactionSink
{
    /// <summary>Takes a transaction.</summary>
    /// <remarks>
    /// Called where its last span ended, often on a request's own path: it must not block, and should only queue. What
    /// it throws is logged and goes no further.
    /// </remarks>
    /// <param name="transaction">A transaction that will not change any more.</param>
    void Accept(FinishedTransaction transaction);

    /// <summary>Waits until all that was accepted is delivered or safely kept.</summary>
    /// <param name="cancellationToken">Ends the wait, after <see cref="LlmTracingOptions.ShutdownTimeout"/>.</param>
    ValueTask FlushAsync(CancellationToken cancellationToken);
}
