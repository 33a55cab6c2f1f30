namespace LlmTracing.Tests.Integration.Support;

/// <summary>Finds what the SDK does not bring, and skips the test that needs it where it is missing.</summary>
internal static class RealComponent
{
    /// <summary>Skips the test, and fails it in CI, unless what it needs is there.</summary>
    /// <param name="isThere">Whether it is.</param>
    /// <param name="install">One line that says what to install.</param>
    public static void Require(bool isThere, string install)
    {
        if (!isThere && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(install);
        }

        Assert.SkipUnless(isThere, install);
    }

    /// <summary>Requires a program of any of these names.</summary>
    /// <returns>The path of the first that is there.</returns>
    public static string RequireProgram(string install, params IEnumerable<string> names)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var extension = OperatingSystem.IsWindows() ? ".exe" : "";
        var path = names
            .SelectMany(name => folders.Select(folder => Path.Combine(folder, name + extension)))
            .FirstOrDefault(File.Exists);
        Require(path is not null, install);
        return path!;
    }
}
