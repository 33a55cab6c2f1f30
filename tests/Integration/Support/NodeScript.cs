using System.Diagnostics;
using LlmTracing.Tests.Integration.Documents;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A script of this repository in a process of its own, which ends with its input.</summary>
internal sealed class NodeScript : IAsyncDisposable
{
    // A megabyte of text takes a while on a machine that runs all other tests at the same time.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string> _error;

    private NodeScript(Process process) => (_process, _error) = (process, process.StandardError.ReadToEndAsync());

    /// <param name="script">Its path in the repository; the packages that it needs are installed beside it.</param>
    /// <param name="arguments">What it is told.</param>
    public static NodeScript Start(string script, params IEnumerable<string> arguments)
    {
        var node = RealComponent.RequireProgram("Needs node: apt-get install nodejs npm", "node");
        var folder = script[..script.LastIndexOf('/')];
        RealComponent.Require(
            Directory.Exists(RepositoryFile.PathOf($"{folder}/node_modules")),
            $"Needs node packages: npm ci --prefix {folder}");
        return new NodeScript(Process.Start(new ProcessStartInfo(node, [RepositoryFile.PathOf(script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
    }

    public async Task<string> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return await ReadAsync();
    }

    /// <summary>Reads the next line that it writes.</summary>
    public async Task<string> ReadAsync()
    {
        var answer = await Deadline.BoundAsync(
            "answer of the script", LongestAnswer, token => _process.StandardOutput.ReadLineAsync(token).AsTask());
        return answer ?? throw new InvalidOperationException($"The script ended: {await _error}");
    }

    public async ValueTask DisposeAsync()
    {
        // At the end of its input it ends itself.
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().BoundAsync("exit of the script");
        }
        finally
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            _process.Dispose();
        }
    }
}
