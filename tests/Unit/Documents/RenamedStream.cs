using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmTracing.Streaming.Content;
using LlmTracing.Streaming.Readers.Json;
using LlmTracing.Tests.Fixtures;
using LlmTracing.Tests.Unit.Support.Fixtures;

namespace LlmTracing.Tests.Unit.Documents;

/// <summary>A written stream in which properties, and types of events, can be given other names.</summary>
internal sealed class RenamedStream(LlmDialect dialect, IReadOnlyList<string> chunks)
{
    private static readonly LlmTracingOptions Everything = new() { CaptureContent = true, MaxContentLength = 256 * 1024 };

    public LlmDialect Dialect => dialect;

    public static RenamedStream Of(StreamFixture fixture) => new(fixture.Dialect, ReadFixture.ChunksOf(fixture));

    /// <summary>Gives the stream without what a path leads to, or null where it leads nowhere.</summary>
    public RenamedStream? WithoutPath(string path) => Change(json => Rename(json, path.Split('.')));

    /// <summary>Gives the stream without a type of events or of parts, or null where it has none of it.</summary>
    public RenamedStream? WithoutType(string type) =>
        chunks.Contains(type)
            ? new RenamedStream(dialect, [.. chunks.Where(chunk => chunk != type)])
            : Change(json => RenameTypes(json, type));

    /// <summary>Gives what the readers make of it.</summary>
    public ChunkReading Read()
    {
        var reading = new ChunkReading { Dialect = dialect, Content = new AnswerContent(new ContentRules(Everything)) };
        foreach (var chunk in chunks)
        {
            ProviderJson.Read(Encoding.UTF8.GetBytes(chunk), ref reading);
        }

        return reading;
    }

    private RenamedStream? Change(Func<JsonNode, bool> change)
    {
        var isChanged = false;
        List<string> changed = [];
        foreach (var chunk in chunks)
        {
            changed.Add(Changed(chunk, change) ?? chunk);
            isChanged |= changed[^1] != chunk;
        }

        return isChanged ? new RenamedStream(dialect, changed) : null;
    }

    private static string? Changed(string chunk, Func<JsonNode, bool> change)
    {
        try
        {
            return JsonNode.Parse(chunk) is { } json && change(json) ? json.ToJsonString() : null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            // Cut off, or with a property twice, or half a character: what shows such a thing shows no name.
            return null;
        }
    }

    private static bool Rename(JsonNode? node, ReadOnlySpan<string> path)
    {
        var name = path[0].Replace("[]", "", StringComparison.Ordinal);
        if (node is not JsonObject parent || !parent.TryGetPropertyValue(name, out var value))
        {
            return false;
        }

        if (path.Length == 1)
        {
            parent.Remove(name);
            parent["renamed"] = value;
            return true;
        }

        if (name == path[0])
        {
            return Rename(value, path[1..]);
        }

        var isRenamed = false;
        foreach (var element in value as JsonArray ?? [])
        {
            isRenamed |= Rename(element, path[1..]);
        }

        return isRenamed;
    }

    private static bool RenameTypes(JsonNode? node, string type)
    {
        if (node is JsonArray elements)
        {
            return elements.Aggregate(false, (isRenamed, element) => RenameTypes(element, type) || isRenamed);
        }

        if (node is not JsonObject parent)
        {
            return false;
        }

        var isRenamed = parent.ToList()
            .Aggregate(false, (isRenamed, property) => RenameTypes(property.Value, type) || isRenamed);
        if (parent["type"] is JsonValue value && value.TryGetValue<string>(out var text) && text == type)
        {
            parent["type"] = "renamed";
            return true;
        }

        return isRenamed;
    }
}
