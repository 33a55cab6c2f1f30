using System.Runtime.CompilerServices;
using System.Text.Json;

namespace LlmTracing.Tests.Unit.Support.Fixtures;

/// <summary>One of the streams in tests/fixtures/streams, with its reading.</summary>
public sealed class StreamFixture
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
    };

    private readonly string _path;

    private StreamFixture(string path) => _path = path;

    public static IEnumerable<StreamFixture> All { get; } =
    [
        .. Directory.EnumerateFiles(Folder(), "*.expected.json", SearchOption.AllDirectories)
            .Select(path => new StreamFixture(path))
            .OrderBy(fixture => fixture.Name, StringComparer.Ordinal),
    ];

    public static TheoryData<string> Names => [.. All.Select(fixture => fixture.Name)];

    public string Name => $"{DialectName}/{Path.GetFileName(_path).Replace(".expected.json", "", StringComparison.Ordinal)}";

    public LlmDialect Dialect => DialectName switch
    {
        "openai-chat" => LlmDialect.OpenAIChat,
        "openai-responses" => LlmDialect.OpenAIResponses,
        "anthropic" => LlmDialect.Anthropic,
        "gemini" => LlmDialect.Gemini,
        "ollama" => LlmDialect.Ollama,
        _ => throw new InvalidDataException($"{DialectName} is no dialect."),
    };

    public ExpectedReading Expected { get; private init; } = null!;

    public byte[] Bytes => File.ReadAllBytes(
        _path.Replace(".expected.json", Dialect == LlmDialect.Ollama ? ".ndjson" : ".sse", StringComparison.Ordinal));

    private string DialectName => Path.GetFileName(Path.GetDirectoryName(_path))!;

    public static StreamFixture Named(string name)
    {
        var fixture = All.Single(fixture => fixture.Name == name);
        var expected = JsonSerializer.Deserialize<ExpectedReading>(File.ReadAllBytes(fixture._path), Json)!;
        Assert.Equal(fixture.DialectName, expected.Dialect);
        return new StreamFixture(fixture._path) { Expected = expected };
    }

    private static string Folder([CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "../../../fixtures/streams");
}
