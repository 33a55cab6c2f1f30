namespace LlmTracing.Benchmarks.Load.Client;

/// <summary>How many requests are still to be made, by all connections together.</summary>
internal sealed class RequestBudget(int requests)
{
    private int _left = requests;

    public bool TryTake() => Interlocked.Decrement(ref _left) >= 0;
}
