using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LlmTracing.Middleware.Journal;

/// <summary>Where this host's journal is, and where those of dead processes are looked for.</summary>
internal sealed class JournalFolder(IOptions<LlmTracingOptions> options, IHostEnvironment? environment = null)
{
    /// <summary>Gets the path; null where the journal is switched off.</summary>
    public string? Path { get; } = options.Value.JournalDirectory switch
    {
        null => DefaultOf(environment?.ApplicationName ?? AppDomain.CurrentDomain.FriendlyName),
        var directory when string.IsNullOrWhiteSpace(directory) => null,
        var directory => System.IO.Path.GetFullPath(directory),
    };

    // A folder for each app: another one's transactions would go to this one's backends.
    private static string DefaultOf(string app)
    {
        var unusable = System.IO.Path.GetInvalidFileNameChars();
        var name = string.Concat(app.Select(letter => unusable.Contains(letter) ? '_' : letter));

        // Empty where the user has no home, as in some containers: then it cannot be made, which is said.
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return System.IO.Path.Combine(local, "llmtracing", "journal", name.Trim('.') is "" ? "app" : name);
    }
}
