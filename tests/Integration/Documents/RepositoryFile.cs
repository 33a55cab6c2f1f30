using LlmTracing.Tests.Fixtures;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>Files of the repository that the tests were built from.</summary>
internal static class RepositoryFile
{
    public static string Read(string path) => File.ReadAllText(PathOf(path)).ReplaceLineEndings("\n");

    /// <summary>Gives where a file or folder of the repository is.</summary>
    public static string PathOf(string path) => Path.Combine(RepositoryFolder.Path, path);

    /// <summary>Gives the paths of the files in a folder, not beneath it, in a stable order.</summary>
    public static IEnumerable<string> PathsIn(string folder, string pattern) => Directory
        .GetFiles(Path.Combine(RepositoryFolder.Path, folder), pattern)
        .Select(static file => Path.GetFileName(file))
        .Order(StringComparer.Ordinal)
        .Select(name => $"{folder}/{name}");

    /// <summary>Gives the text of each code block of a language, without its fences.</summary>
    public static IEnumerable<string> FencesOf(string path, string language) => Read(path)
        .Split($"```{language}\n")
        .Skip(1)
        .Select(rest => rest[..rest.IndexOf("\n```", StringComparison.Ordinal)]);
}
