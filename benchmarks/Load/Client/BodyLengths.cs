using System.Collections.Concurrent;

namespace LlmTracing.Benchmarks.Load.Client;

/// <summary>The length that the bodies of each target have, as the first of them had it: who writes less must not win.</summary>
internal sealed class BodyLengths
{
    private readonly ConcurrentDictionary<(int Port, string Target), long> _known = new();

    public void Check(LoadPlan plan, long length)
    {
        if (_known.GetOrAdd((plan.Port, plan.Target), length) is var known && known != length)
        {
            throw new InvalidOperationException($"A body of {plan.Target} had {length} bytes, and the first one {known}.");
        }
    }

    public long Of(LoadPlan plan) => _known[(plan.Port, plan.Target)];
}
