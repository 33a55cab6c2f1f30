using System.Diagnostics;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The sample as a process of its own, to its end.</summary>
internal static class SampleProcess
{
    /// <summary>Gives how it is started, on any free port.</summary>
    public static ProcessStartInfo StartInfo(IEnumerable<string> arguments) =>
        StartInfo("SseChatApi.dll", ["--LlmTracing:JournalDirectory=", .. arguments]);

    /// <summary>Gives how another app beside the tests is started.</summary>
    public static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var path = Path.Combine(AppContext.BaseDirectory, program);
        return new ProcessStartInfo(dotnet, [path, "--urls", "http://127.0.0.1:0", .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
    }

    public static async Task<(int ExitCode, string Error, string Output)> RunAsync(params IEnumerable<string> arguments)
    {
        using var process = new Process { StartInfo = StartInfo(arguments) };
        process.Start();
        try
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync().BoundAsync("exit of the sample", TimeSpan.FromSeconds(30));
            return (process.ExitCode, await error, await output);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
