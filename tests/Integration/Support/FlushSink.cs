namespace LlmTracing.Tests.Integration.Support;

/// <summary>Counts flushes, and does in them what a test wants done.</summary>
internal sealed class FlushSink : ITransactionSink
{
    private int _flushes;

    public int Flushes => Volatile.Read(ref _flushes);

    /// <summary>Gets or sets what a flush does besides being counted.</summary>
    public Func<CancellationToken, Task> OnFlush { get; set; } = static _ => Task.CompletedTask;

    public void Accept(FinishedTransaction transaction)
    {
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _flushes);
        await OnFlush(cancellationToken);
    }
}
