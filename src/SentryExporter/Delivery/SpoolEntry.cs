using System.Globalization;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>One spooled envelope, known by its file, whose name begins with the time of what it tells.</summary>
/// <param name="folder">The folder that it is in.</param>
/// <param name="name">The name of the file.</param>
/// <param name="bytes">Its length.</param>
internal sealed class SpoolEntry(SpoolFolder folder, string name, long bytes) : IComparable<SpoolEntry>
{
    public SpoolFolder Folder => folder;

    public string Name => name;

    public long Bytes => bytes;

    public string Path => System.IO.Path.Combine(folder.Path, name);

    /// <summary>Gets or sets how often it was sent and no answer came.</summary>
    public int Misses { get; set; }

    public static string NameOf(DateTimeOffset at, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{at.UtcTicks:D19}-{number:D9}{SpoolFile.Extension}");

    public bool IsOlderThan(DateTimeOffset time) =>
        long.TryParse(name.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
        && ticks < time.UtcTicks;

    public int CompareTo(SpoolEntry? other) =>
        string.CompareOrdinal(name, other?.Name) is var order and not 0
            ? order
            : string.CompareOrdinal(folder.Path, other?.Folder.Path);
}
