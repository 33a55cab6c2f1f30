using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Gives the tests, and the processes that they start, a home of their own for what apps keep on disk.</summary>
internal static class PrivateHome
{
    public static string Path { get; } = Directory.CreateTempSubdirectory("llmtracing-tests-").FullName;

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "It must be set before the first app of any test.")]
    internal static void Use()
    {
        Environment.SetEnvironmentVariable("XDG_DATA_HOME", Path);
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => Directory.Delete(Path, recursive: true);
    }
}
