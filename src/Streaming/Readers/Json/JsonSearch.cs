namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Looks for names in JSON without parsing it: most chunks have none of those that matter.</summary>
/// <remarks>
/// It may find what is none, in a nested object say, for which the chunk is then parsed in vain. Text of the answer's is not
/// mistaken: a quote in it is escaped.
/// </remarks>
internal static class JsonSearch
{
    /// <summary>
    /// Tells whether a property is there with a value: not null or false, and neither an empty string nor an empty array.
    /// </summary>
    /// <param name="json">The JSON.</param>
    /// <param name="quotedName">The name in its quotes.</param>
    public static bool HasValue(this ReadOnlySpan<byte> json, ReadOnlySpan<byte> quotedName)
    {
        for (var at = json.IndexOf(quotedName); at >= 0; at = json.IndexOf(quotedName))
        {
            json = json[(at + quotedName.Length)..];
            if (StartsWithValue(json))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells whether what follows a name is a colon and a value that tells anything.</summary>
    public static bool StartsWithValue(ReadOnlySpan<byte> json)
    {
        json = SkipSpace(json);
        return json is [(byte)':', ..] && SkipSpace(json[1..])
            is not ([] or [(byte)'n' or (byte)'f', ..] or [(byte)'"', (byte)'"', ..] or [(byte)'[', (byte)']', ..]);
    }

    /// <summary>Tells whether a text stands in the JSON.</summary>
    public static bool Has(this ReadOnlySpan<byte> json, ReadOnlySpan<byte> text) => json.IndexOf(text) >= 0;

    private static ReadOnlySpan<byte> SkipSpace(ReadOnlySpan<byte> json)
    {
        while (json is [(byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n', ..])
        {
            json = json[1..];
        }

        return json;
    }
}
