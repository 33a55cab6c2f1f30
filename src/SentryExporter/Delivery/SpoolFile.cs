using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LlmTracing.SentryExporter.Envelopes;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>One envelope on disk: a line that says what it is, with a checksum, and its bytes.</summary>
internal static class SpoolFile
{
    public const string Extension = ".envelope";

    // Far more than an envelope can have: what is larger is not worth reading.
    public const long MostBytes = 64 * 1024 * 1024;

    private const string Unfinished = ".tmp";

    // Raised when what follows it changes: what an older version has left is then set aside, not misread.
    private const string Magic = "llmtracing-spool/1";

    // Enough to tell a torn file; nobody gains by forging one who can write into the folder.
    private const int ChecksumBytes = 8;

    private const int LongestLine = 128;

    private static readonly FileStreamOptions NewFile = new()
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        BufferSize = 0,
    };

    /// <summary>Writes a file that is either whole or not there.</summary>
    /// <returns>Its length.</returns>
    public static long Write(string path, Envelope envelope)
    {
        var about = $"{envelope.Category} {envelope.Spans} {envelope.Bytes.Length}";
        var line = Encoding.ASCII.GetBytes($"{Magic} {about} {ChecksumOf(about, envelope.Bytes)}\n");
        var unfinished = path + Unfinished;
        try
        {
            using (var file = new FileStream(unfinished, OptionsForNew()))
            {
                file.Write(line);
                file.Write(envelope.Bytes);
            }

            File.Move(unfinished, path);
        }
        catch (IOException)
        {
            // A full disk shall not be full of beginnings too.
            File.Delete(unfinished);
            throw;
        }

        return line.Length + envelope.Bytes.Length;
    }

    /// <summary>Gives the name that a file has once it is whole; null for one that is none of these.</summary>
    public static string? NameOfWhole(string name)
    {
        var whole = name.EndsWith(Unfinished, StringComparison.Ordinal) ? name[..^Unfinished.Length] : name;
        return whole.EndsWith(Extension, StringComparison.Ordinal) ? whole : null;
    }

    /// <summary>Reads a file; what is torn, or not one of these, is none.</summary>
    public static bool TryParse(byte[] file, [NotNullWhen(true)] out Envelope? envelope)
    {
        envelope = null;
        var end = file.AsSpan(0, Math.Min(file.Length, LongestLine)).IndexOf((byte)'\n');
        if (end < 0 || Encoding.ASCII.GetString(file, 0, end).Split(' ') is not
            [Magic, (Envelope.Transaction or Envelope.Error or Envelope.ClientReport) and var category, var spans, var length, var checksum])
        {
            return false;
        }

        var bytes = file[(end + 1)..];
        if (checksum != ChecksumOf($"{category} {spans} {length}", bytes)
            || !int.TryParse(spans, NumberStyles.None, CultureInfo.InvariantCulture, out var spanCount)
            || length != bytes.Length.ToString(CultureInfo.InvariantCulture))
        {
            return false;
        }

        envelope = new Envelope(category, spanCount, bytes);
        return true;
    }

    private static string ChecksumOf(string about, byte[] bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(about));
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, ChecksumBytes));
    }

    private static FileStreamOptions OptionsForNew() => OperatingSystem.IsWindows()
        ? NewFile
        : new FileStreamOptions
        {
            Mode = NewFile.Mode,
            Access = NewFile.Access,
            BufferSize = NewFile.BufferSize,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
}
