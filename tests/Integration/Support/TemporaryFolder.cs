namespace LlmTracing.Tests.Integration.Support;

/// <summary>A folder for one test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("llmtracing-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
