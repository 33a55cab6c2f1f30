using System.Diagnostics;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The sample as a process of its own, which runs until it is told to stop.</summary>
internal sealed class RunningSample : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    // The first start of a process may have to wait for a busy machine.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string> _error;
    private Task<string>? _output;

    private RunningSample(Process process) => (_process, _error) = (process, process.StandardError.ReadToEndAsync());

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Starts the sample with a provider's SDK speaking to an address.</summary>
    public static Task<RunningSample> StartAsync(
        SentryIngest ingest, string provider, string baseUrl, params IEnumerable<string> arguments) =>
        StartAsync(SampleProcess.StartInfo([
            $"--SENTRY_DSN={ingest.Dsn}",
            $"--Llm:Provider={provider}",
            $"--Llm:BaseUrl={baseUrl}",
            $"--Llm:ApiKey={PlantedSecrets.ApiKey}",
            "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information",
            .. arguments]));

    /// <summary>Starts another app, which says where it listens as the sample does.</summary>
    public static async Task<RunningSample> StartAsync(ProcessStartInfo startInfo)
    {
        var process = new Process { StartInfo = startInfo };
        process.Start();
        var sample = new RunningSample(process);
        await sample.ReadAddressAsync().BoundAsync("start of the sample", StartLimit);
        return sample;
    }

    /// <summary>Ends it as it stands: with SIGKILL, of which it does not hear.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Sends SIGTERM, as an orchestrator does.</summary>
    public Task TerminateAsync() => SignalAsync("TERM");

    /// <summary>Sends SIGINT, as a terminal does for Ctrl+C.</summary>
    public Task InterruptAsync() => SignalAsync("INT");


    /// <summary>Gives the exit code, and what the sample has written.</summary>
    public async Task<(int ExitCode, string Output, string Error)> WaitForExitAsync(TimeSpan within)
    {
        await _process.WaitForExitAsync().BoundAsync("exit of the sample", within);
        return (_process.ExitCode, await _output!, await _error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private async Task SignalAsync(string name)
    {
        // The shell's own kill: no other program needs to be there.
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{name} {_process.Id}"]);
        await kill.WaitForExitAsync().BoundAsync("signal");
        Assert.Equal(0, kill.ExitCode);
    }

    private async Task ReadAddressAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(Listening, StringComparison.Ordinal))
            {
                Address = new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..]);
                _output = _process.StandardOutput.ReadToEndAsync();
                return;
            }
        }

        Assert.Fail($"The sample ended before it listened: {await _error}");
    }
}
