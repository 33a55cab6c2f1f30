namespace LlmTracing.SentryExporter.Delivery;

/// <summary>One spooled envelope, known by its file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its length.</param>
internal sealed record SpoolEntry(string Path, long Bytes) : IComparable<SpoolEntry>
{
    // The name begins with the time.
    public string Name { get; } = System.IO.Path.GetFileName(Path);

    public static SpoolEntry Of(string path) => new(path, new FileInfo(path).Length);

    public int CompareTo(SpoolEntry? other) =>
        string.CompareOrdinal(Name, other?.Name) is var order and not 0 ? order : string.CompareOrdinal(Path, other?.Path);
}
