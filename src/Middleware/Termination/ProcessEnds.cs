using System.Collections.Immutable;
using System.Diagnostics;
using LlmTracing.Middleware.Transactions;

namespace LlmTracing.Middleware.Termination;

/// <summary>Hears of the end of the process for all its hosts, which deliver at the same time.</summary>
/// <remarks>With a handler each they would do so one after the other, and each would take its whole limit.</remarks>
internal static class ProcessEnds
{
    private static ImmutableArray<ProcessEnd> _hosts = [];

    static ProcessEnds()
    {
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => End(cause: null);
        AppDomain.CurrentDomain.UnhandledException += static (_, arguments) =>
        {
            if (arguments.IsTerminating)
            {
                End(arguments.ExceptionObject as Exception);
            }
        };
    }

    public static void Add(ProcessEnd host) =>
        ImmutableInterlocked.Update(ref _hosts, static (hosts, host) => hosts.Contains(host) ? hosts : hosts.Add(host), host);

    public static void Remove(ProcessEnd host) =>
        ImmutableInterlocked.Update(ref _hosts, static (hosts, host) => hosts.Remove(host), host);

    private static void End(Exception? cause)
    {
        var hosts = _hosts;
        foreach (var host in hosts)
        {
            host.Begin(cause);
        }

        var began = Stopwatch.GetTimestamp();
        foreach (var host in hosts)
        {
            host.EndWithin(ShutdownTime.Rest(host.Limit, Stopwatch.GetElapsedTime(began)));
        }
    }
}
