using System.Diagnostics;

namespace LlmTracing.Tests.Integration.Middleware.Journal;

/// <summary>Copies a journal that its owner has locked.</summary>
internal static class LiveJournal
{
    public static void Copy(string path, string to)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets nobody read a file that is locked.");

        // Every way that .NET has would ask for the lock.
        using var copy = Process.Start("cp", [path, to]);
        Assert.True(copy.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, copy.ExitCode);
    }
}
