using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Reads of JSON that may be absent or of another type, for code that must report and not throw.</summary>
internal static class JsonElementExtensions
{
    extension(JsonElement element)
    {
        /// <summary>The member of that name, or an element of kind <see cref="JsonValueKind.Undefined"/>.</summary>
        public JsonElement At(string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

        public bool Has(string name) => element.At(name).ValueKind != JsonValueKind.Undefined;

        public string? AsText() => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

        public double? AsNumber() => element.ValueKind == JsonValueKind.Number ? element.GetDouble() : null;

        public IEnumerable<JsonProperty> Members() =>
            element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : [];

        public IEnumerable<JsonElement> Elements() =>
            element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

        /// <summary>The value as a sentence shows it: its JSON, or "nothing".</summary>
        public string Shown() => element.ValueKind == JsonValueKind.Undefined ? "nothing" : element.GetRawText();
    }
}
