namespace LlmTracing.Tests.DyingApp;

/// <summary>A sink whose flush is over when the other host's has begun, or when it is told that there is no more time.</summary>
internal sealed class MeetingSink : ITransactionSink
{
    private const int Hosts = 2;
    private static readonly TaskCompletionSource AllAreThere = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static int _there;

    public void Accept(FinishedTransaction transaction)
    {
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _there) == Hosts)
        {
            AllAreThere.SetResult();
        }

        await AllAreThere.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Console.WriteLine(AllAreThere.Task.IsCompleted ? "met" : "alone");
    }
}
