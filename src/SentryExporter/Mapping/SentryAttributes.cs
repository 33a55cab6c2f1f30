namespace LlmTracing.SentryExporter.Mapping;

/// <summary>The attributes of a span as Sentry takes them: each name once, no secrets, also under their older names.</summary>
internal static class SentryAttributes
{
    // Relay keeps no longer name of an attribute.
    private const int MostKeyCharacters = 200;

    // More than fits into an item.
    private const int MostContentCharacters = 1024 * 1024;

    /// <summary>Gives the name that stands for an attribute and for its older name: who leaves out one leaves out both.</summary>
    public static string GroupOf(string key) => SentryAliases.NewerOf(SentryText.Cut(key, MostKeyCharacters));

    public static IEnumerable<KeyValuePair<string, object>> Of(IReadOnlyList<KeyValuePair<string, object?>> attributes)
    {
        for (var i = 0; i < attributes.Count; i++)
        {
            var key = KeyOf(attributes[i]);

            // Activity.AddTag takes a name twice, JSON does not: the last one is what the app meant. They are looked through,
            // as Activity.SetTag does too: there are few.
            if (key.Length == 0 || Has(attributes, key, i + 1) || ValueOf(key, attributes[i].Value) is not { } known)
            {
                continue;
            }

            yield return new(key, known);
            if (SentryAliases.Of(key) is { } alias && !Has(attributes, alias, 0))
            {
                yield return new(alias, known);
            }
        }
    }

    private static bool Has(IReadOnlyList<KeyValuePair<string, object?>> attributes, string key, int from)
    {
        for (var i = from; i < attributes.Count; i++)
        {
            if (KeyOf(attributes[i]) == key)
            {
                return true;
            }
        }

        return false;
    }

    private static string KeyOf(KeyValuePair<string, object?> attribute) => SentryText.Cut(attribute.Key ?? "", MostKeyCharacters);

    // Half of a conversation's JSON would be none: it goes whole, or not at all where the item is too large.
    private static object? ValueOf(string key, object? value) =>
        SentryValue.Of(
            Secrets.Redact(key, value), GenAiAttributes.IsContent(key) ? MostContentCharacters : SentryText.MostCharacters);
}
