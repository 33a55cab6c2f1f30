using System.IO.Compression;
using System.Xml.Linq;

namespace LlmTracing.Tests.Integration.Packages;

/// <summary>An open NuGet package.</summary>
internal sealed class Package(string path) : IDisposable
{
    private readonly ZipArchive _zip = ZipFile.OpenRead(path);

    /// <summary>Gets the paths of the package's own files, without what the format adds to each.</summary>
    public IEnumerable<string> Files => _zip.Entries
        .Select(entry => entry.FullName)
        .Where(name => name is not "[Content_Types].xml" && !name.StartsWith("_rels/", StringComparison.Ordinal)
            && !name.StartsWith("package/", StringComparison.Ordinal)
            && !name.EndsWith(".nuspec", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    public byte[] Read(string file)
    {
        using var content = (_zip.GetEntry(file) ?? throw new FileNotFoundException($"{path} has no {file}.")).Open();
        using var memory = new MemoryStream();
        content.CopyTo(memory);
        return memory.ToArray();
    }

    /// <summary>Gives the elements of that name in the package's description of itself.</summary>
    public IEnumerable<XElement> Described(string element)
    {
        var nuspec = _zip.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal));
        using var content = nuspec.Open();
        return XDocument.Load(content).Descendants().Where(candidate => candidate.Name.LocalName == element);
    }

    public void Dispose() => _zip.Dispose();
}
