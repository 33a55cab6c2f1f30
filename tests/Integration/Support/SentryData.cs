using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The attributes of a span: an integer reads as long, another number as double.</summary>
internal sealed class SentryData(JsonElement data)
{
    public IEnumerable<string> Keys => data.Members().Select(member => member.Name);

    /// <summary>Gets every attribute, for an assertion on exactly these and no others.</summary>
    public IReadOnlyDictionary<string, object?> Values => Keys.ToDictionary(key => key, key => this[key]);

    /// <summary>Gets the value, or null if there is none.</summary>
    public object? this[string key] => data.At(key) switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        var number => number.TryGetInt64(out var integer) ? (object)integer : number.GetDouble(),
    };

    public bool Has(string key) => data.Has(key);

    public string? Text(string key) => data.At(key).AsText();

    public long? Count(string key) => this[key] as long?;

    public double? Number(string key) => data.At(key).AsNumber();

    public bool? Flag(string key) => this[key] as bool?;
}
