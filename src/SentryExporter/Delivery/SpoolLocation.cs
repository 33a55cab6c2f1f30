using System.Security.Cryptography;
using System.Text;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Where the envelopes of one project are spooled.</summary>
internal static class SpoolLocation
{
    /// <summary>Gives the folder for a project.</summary>
    /// <param name="setting">The option: null for the default, empty for no spool.</param>
    /// <param name="dsn">The project; each has a folder, so that nothing is sent to another.</param>
    /// <returns>Null where there shall be no spool, or the user has no place for one.</returns>
    public static string? Of(string? setting, SentryDsn dsn)
    {
        if (setting is null)
        {
            // Of a container's user without a home it is empty.
            var home = Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            setting = home.Length == 0 ? "" : Path.Combine(home, "llmtracing", "spool");
        }

        return setting.Length == 0 ? null : Path.Combine(setting, NameOf(dsn));
    }

    private static string NameOf(SentryDsn dsn)
    {
        var project = SHA256.HashData(Encoding.UTF8.GetBytes($"{dsn.PublicKey}@{dsn.EnvelopeUrl}"));
        return Convert.ToHexStringLower(project.AsSpan(0, 8));
    }
}
