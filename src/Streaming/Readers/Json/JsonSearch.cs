namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Looks for names in JSON without parsing it: most chunks have none of those that matter.</summary>
/// <remarks>
/// It may find what is none, in a nested object say, for which the chunk is then parsed in vain. Text of the answer's is not
/// mistaken: a quote in it is escaped.
/// </remarks>
internal static class JsonSearch
{
    /// <summary>Tells whether a property is there with a value: not null, and neither an empty string nor an empty array.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="quotedName">The name in its quotes.</param>
    public static bool HasValue(this ReadOnlySpan<byte> json, ReadOnlySpan<byte> quotedName)
    {
        while (TryFindValue(ref json, quotedName))
        {
            if (json is not ([] or [(byte)'n', ..] or [(byte)'"', (byte)'"', ..] or [(byte)'[', (byte)']', ..]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells whether a property is there that is true.</summary>
    /// <inheritdoc cref="HasValue" path="/param"/>
    public static bool HasTrue(this ReadOnlySpan<byte> json, ReadOnlySpan<byte> quotedName)
    {
        while (TryFindValue(ref json, quotedName))
        {
            if (json is [(byte)'t', ..])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells whether a text stands in the JSON.</summary>
    public static bool Has(this ReadOnlySpan<byte> json, ReadOnlySpan<byte> text) => json.IndexOf(text) >= 0;

    private static bool TryFindValue(ref ReadOnlySpan<byte> json, ReadOnlySpan<byte> quotedName)
    {
        for (var at = json.IndexOf(quotedName); at >= 0; at = json.IndexOf(quotedName))
        {
            json = SkipSpace(json[(at + quotedName.Length)..]);
            if (json is [(byte)':', ..])
            {
                json = SkipSpace(json[1..]);
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<byte> SkipSpace(ReadOnlySpan<byte> json)
    {
        while (json is [(byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n', ..])
        {
            json = json[1..];
        }

        return json;
    }
}
