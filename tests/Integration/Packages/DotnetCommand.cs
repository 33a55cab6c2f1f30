using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Packages;

/// <summary>Runs a command of the .NET SDK to its end.</summary>
internal static class DotnetCommand
{
    // Far more than any takes, for a machine that builds something else too.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Runs it, and fails with what it printed unless it succeeds.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="environment">Variables to set, or with null to remove.</param>
    /// <param name="arguments">What is to be done, in words of their own.</param>
    public static async Task RunAsync(
        string folder, IReadOnlyDictionary<string, string?> environment, params IEnumerable<string> arguments)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var startInfo = new ProcessStartInfo(dotnet, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            startInfo.Environment[name] = value;
        }

        using var process = Process.Start(startInfo)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().BoundAsync($"end of dotnet {arguments.First()}", Longest);
            Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{await output}{await error}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
