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

    /// <summary>Delivers all that was accepted, or brings it to safety, and returns then.</summary>
    /// <param name="cancellationToken">
    /// When the host stops, and when its process ends: cancelled when three quarters of
    /// <see cref="LlmTracingOptions.ShutdownTimeout"/> are over. What a sink does then to bring the rest to safety has the last
    /// quarter; it is not waited for any longer.
    /// </param>
    /// <remarks>
    /// One that cannot do it throws, which is logged. Of a process that ends without having stopped, what was open stays in the
    /// journal then, and is handed to every sink again at the next start.
    /// </remarks>
    ValueTask FlushAsync(CancellationToken cancellationToken);
}
