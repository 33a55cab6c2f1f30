using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;

namespace LlmTracing.Tests.Integration.Packages;

/// <summary>What a debugger reads of an assembly and its symbols.</summary>
internal sealed class PackedSymbols : IDisposable
{
    // https://github.com/dotnet/runtime/blob/v10.0.0/docs/design/specs/PortablePdb-Metadata.md
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
    private static readonly Guid SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    private readonly PEReader _assembly;
    private readonly MetadataReaderProvider _provider;
    private readonly MetadataReader _symbols;

    public PackedSymbols(byte[] assembly, byte[] symbols)
    {
        _assembly = new PEReader([.. assembly]);
        _provider = MetadataReaderProvider.FromPortablePdbImage([.. symbols]);
        _symbols = _provider.GetMetadataReader();
    }

    /// <summary>Gets a value indicating whether the same sources give the same bytes.</summary>
    public bool IsReproducible =>
        _assembly.ReadDebugDirectory().Any(entry => entry.Type == DebugDirectoryEntryType.Reproducible);

    /// <summary>Gets a value indicating whether the symbols are those of this very assembly.</summary>
    public bool Match
    {
        get
        {
            var codeView = _assembly.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.CodeView);
            var wanted = _assembly.ReadCodeViewDebugDirectoryData(codeView).Guid;
            return new BlobContentId(_symbols.DebugMetadataHeader!.Id).Guid == wanted;
        }
    }

    /// <summary>Gets the paths of the sources that are not in the symbols themselves.</summary>
    public IEnumerable<string> LinkedSources => _symbols.Documents
        .Where(document => !Has(document, EmbeddedSource))
        .Select(document => _symbols.GetString(_symbols.GetDocument(document).Name));

    /// <summary>Gets the addresses of sources, by the pattern of the paths that they are for.</summary>
    public IReadOnlyDictionary<string, string> SourceAddresses
    {
        get
        {
            var link = _symbols.GetCustomDebugInformation(EntityHandle.ModuleDefinition)
                .Select(_symbols.GetCustomDebugInformation)
                .Single(information => _symbols.GetGuid(information.Kind) == SourceLink);
            using var json = JsonDocument.Parse(_symbols.GetBlobBytes(link.Value));
            return json.RootElement.GetProperty("documents").EnumerateObject()
                .ToDictionary(document => document.Name, document => document.Value.GetString()!);
        }
    }

    public void Dispose()
    {
        _provider.Dispose();
        _assembly.Dispose();
    }

    private bool Has(DocumentHandle document, Guid kind) => _symbols.GetCustomDebugInformation(document)
        .Any(handle => _symbols.GetGuid(_symbols.GetCustomDebugInformation(handle).Kind) == kind);
}
