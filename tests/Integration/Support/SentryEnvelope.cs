using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>One decoded envelope: its header and its items, in the order of the bytes.</summary>
internal sealed record SentryEnvelope(JsonElement Header, IReadOnlyList<SentryEnvelopeItem> Items)
{
    public IEnumerable<SentryEnvelopeItem> OfType(string type) => Items.Where(item => item.Type == type);
}
