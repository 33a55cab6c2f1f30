namespace LlmTracing.Tests.DyingApp;

/// <summary>A sink that needs a lock of the app's, which the app may hold when it exits.</summary>
internal sealed class LockedSink : ITransactionSink
{
    public static readonly Lock Lock = new();

    public void Accept(FinishedTransaction transaction)
    {
        lock (Lock)
        {
            Console.Out.Flush();
        }
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
