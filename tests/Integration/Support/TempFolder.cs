namespace LlmTracing.Tests.Integration.Support;

/// <summary>A folder of a test's own, which goes with it.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("llmtracing-").FullName;

    public IReadOnlyList<string> Files => Directory.GetFiles(Path);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
