using System.Collections.Concurrent;
using System.Diagnostics;
using LlmTracing.Middleware.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Warns of spans that found no parent, once for each place in the app's code.</summary>
internal sealed class MissingParents(TimeProvider time, ILogger logger)
{
    // A service without requests may begin thousands of roots a second, and looking where from takes some 20 µs. These
    // are as many of names that are new, and as many of the others.
    private const int MostLooksInAPeriod = 10;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // No app has as many places or names; code that is generated as it runs, or names that hold an id, may.
    private const int MostCallSites = 1000;
    private const int MostNames = 1000;

    private readonly ConcurrentDictionary<CallSite, bool> _warned = new();
    private readonly HashSet<string> _names = [];
    private readonly Lock _lock = new();
    private long _periodBeganAt = time.GetTimestamp();
    private int _newNames;
    private int _others;
    private int _othersBefore;
    private int _looksAtOthers;

    /// <summary>Looks where a span without a parent was started; to be called from within its start.</summary>
    public void Add(Activity root)
    {
        if (!IsTimeToLook(root.OperationName))
        {
            return;
        }

        var callSite = CallSite.OfCaller();
        if (_warned.Count < MostCallSites && _warned.TryAdd(callSite, true))
        {
            Log.ParentNotFound(logger, root.DisplayName, callSite.Method);
        }
    }

    private bool IsTimeToLook(string name)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_periodBeganAt) >= Period)
            {
                (_periodBeganAt, _othersBefore) = (time.GetTimestamp(), _others);
                (_newNames, _others, _looksAtOthers) = (0, 0, 0);
            }

            if (_newNames < MostLooksInAPeriod && _names.Count < MostNames && _names.Add(name))
            {
                _newNames++;
                return true;
            }

            _others++;
            if (_looksAtOthers == MostLooksInAPeriod || !IsDrawn())
            {
                return false;
            }

            _looksAtOthers++;
            return true;
        }
    }

    // By lot, with about as many winners as there are looks: the first of each period would always be of the same place,
    // one that begins spans all the time, and a rare one of the same name would never be looked at.
    private bool IsDrawn() => Random.Shared.Next(Math.Max(_othersBefore, MostLooksInAPeriod)) < MostLooksInAPeriod;
}
