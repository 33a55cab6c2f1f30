namespace LlmTracing.Benchmarks.Load.Client;

/// <summary>How many requests are still to be made, by all connections together.</summary>
internal sealed class RequestBudget(int requests)
{
    private int _left = requests;

    /// <summary>Takes one, and gives its number, counted down to 0.</summary>
    public bool TryTake(out int number) => (number = Interlocked.Decrement(ref _left)) >= 0;
}
