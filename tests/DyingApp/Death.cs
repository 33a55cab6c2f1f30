using System.Runtime.CompilerServices;

namespace LlmTracing.Tests.DyingApp;

/// <summary>The ways in which the app ends itself.</summary>
internal static class Death
{
    public static async Task DieAsync(string how)
    {
        switch (how)
        {
            case "exit":
                Environment.Exit(1);
                break;
            case "exit-in-lock":
                ExitInLock();
                break;
            case "fail-fast":
                Environment.FailFast("as the test wants it");
                break;
            case "crash":
                new Thread(static () => throw new InvalidOperationException("crashed in the background")).Start();
                await Task.Delay(Timeout.InfiniteTimeSpan);
                break;
            case "crash-in-finalizer":
                TaskScheduler.UnobservedTaskException += static (_, unobserved) => throw unobserved.Exception.InnerException!;
                FailUnobserved();
                break;
            case "exit-in-finalizer":
                TaskScheduler.UnobservedTaskException += static (_, _) => Environment.Exit(1);
                FailUnobserved();
                break;
            case "stack-overflow":
                _ = Overflow(0);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(how), how, "Nobody dies so.");
        }
    }

    // The runtime says that nobody saw a task's exception on its finalizer's thread.
    private static void FailUnobserved()
    {
        Fail();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Fail() => _ = Task.FromException(new InvalidOperationException("seen by nobody"));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Overflow(long depth) => Overflow(depth + 1) + depth;

    private static void ExitInLock()
    {
        lock (LockedSink.Lock)
        {
            Environment.Exit(1);
        }
    }
}
