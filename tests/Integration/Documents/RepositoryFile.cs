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

    /// <summary>Gives the paths of the files beneath a folder, in a stable order.</summary>
    public static IEnumerable<string> PathsBeneath(string folder, string pattern) => Directory
        .GetFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
        .Select(static file => Path.GetRelativePath(RepositoryFolder.Path, file).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    /// <summary>Gives what stands beneath a heading of the second level, up to the next one.</summary>
    public static string SectionOf(string path, string heading)
    {
        var rest = Read(path).Split($"\n## {heading}\n", 2)[1];
        return rest.Split("\n## ")[0];
    }

    /// <summary>Gives the text of each code block of a language, without its fences.</summary>
    public static IEnumerable<string> FencesOf(string path, string language) => FencesIn(Read(path), language);

    /// <inheritdoc cref="FencesOf"/>
    public static IEnumerable<string> FencesIn(string text, string language) => text
        .Split($"```{language}\n")
        .Skip(1)
        .Select(static rest => rest[..rest.IndexOf("\n```", StringComparison.Ordinal)]);
}
