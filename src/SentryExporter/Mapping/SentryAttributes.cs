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
        // Activity.AddTag takes a name twice, JSON does not: the last one is what the app meant.
        var unique = new OrderedDictionary<string, object?>(attributes.Count);
        foreach (var (key, value) in attributes)
        {
            if (!string.IsNullOrEmpty(key))
            {
                unique[SentryText.Cut(key, MostKeyCharacters)] = value;
            }
        }

        foreach (var (key, value) in unique)
        {
            if (ValueOf(key, value) is not { } known)
            {
                continue;
            }

            yield return new(key, known);
            if (SentryAliases.Of(key) is { } alias && !unique.ContainsKey(alias))
            {
                yield return new(alias, known);
            }
        }
    }

    // Half of a conversation's JSON would be none: it goes whole, or not at all where the item is too large.
    private static object? ValueOf(string key, object? value) =>
        SentryValue.Of(
            Secrets.Redact(key, value), GenAiAttributes.IsContent(key) ? MostContentCharacters : SentryText.MostCharacters);
}
