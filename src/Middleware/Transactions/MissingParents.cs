using System.Collections.Concurrent;
using System.Diagnostics;
using LlmTracing.Middleware.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Warns of spans that found no parent, once for each place in the app's code.</summary>
internal sealed class MissingParents(TimeProvider time, ILogger logger)
{
    // A service without requests may begin thousands of roots a second, and looking where from takes some 20 µs.
    private const int MostLooksInAPeriod = 10;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // No app has as many places; code that is generated as it runs may.
    private const int MostCallSites = 1000;

    private readonly ConcurrentDictionary<CallSite, bool> _warned = new();
    private readonly Lock _lock = new();
    private long _periodBeganAt = time.GetTimestamp();
    private int _looks;

    /// <summary>Looks where a span without a parent was started; to be called from within its start.</summary>
    public void Add(Activity root)
    {
        if (!IsTimeToLook())
        {
            return;
        }

        var callSite = CallSite.OfCaller();
        if (_warned.Count < MostCallSites && _warned.TryAdd(callSite, true))
        {
            Log.ParentNotFound(logger, root.DisplayName, callSite.Method);
        }
    }

    private bool IsTimeToLook()
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_periodBeganAt) >= Period)
            {
                (_periodBeganAt, _looks) = (time.GetTimestamp(), 0);
            }

            return _looks++ < MostLooksInAPeriod;
        }
    }
}
