using System.Buffers;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>The header <c>baggage</c>: members <c>key=value</c>, parted by commas, values percent-encoded.</summary>
/// <remarks>https://www.w3.org/TR/2024/CRD-baggage-20240530/, whose limits are these too.</remarks>
internal static class BaggageHeader
{
    public const string Name = "baggage";
    public const string SentryPrefix = "sentry-";
    public const int MostMembers = 64;
    public const int MostBytes = 8192;

    // A key is a token of HTTP: https://www.rfc-editor.org/rfc/rfc9110#name-tokens.
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsSentrys(string key) => key.StartsWith(SentryPrefix, StringComparison.Ordinal);

    public static bool IsKey(ReadOnlySpan<char> key) => !key.IsEmpty && !key.ContainsAnyExcept(KeyCharacters);

    /// <summary>Reads the members within the limits, each key once: Sentry's before the others, whom they displace.</summary>
    public static List<KeyValuePair<string, string?>> Parse(string header)
    {
        List<KeyValuePair<string, string?>> sentrys = [], others = [];
        var keys = new HashSet<string>().GetAlternateLookup<ReadOnlySpan<char>>();
        var text = Readable(header);
        foreach (var range in text.Split(','))
        {
            if (TrySplit(text[range], out var key, out var value))
            {
                var members = key.StartsWith(SentryPrefix) ? sentrys : others;
                if (members.Count < MostMembers && keys.Add(key))
                {
                    members.Add(new(key.ToString(), Uri.UnescapeDataString(value)));
                }
            }
        }

        sentrys.AddRange(others.Take(MostMembers - sentrys.Count));
        return sentrys;
    }

    /// <summary>Takes a member apart.</summary>
    /// <param name="member">The member.</param>
    /// <param name="key">A key that is one, and more than Sentry's prefix.</param>
    /// <param name="value">The value as it stands there, without properties: nobody here understands any.</param>
    public static bool TrySplit(ReadOnlySpan<char> member, out ReadOnlySpan<char> key, out ReadOnlySpan<char> value)
    {
        var equals = member.IndexOf('=');
        key = member[..Math.Max(equals, 0)].Trim(" \t");
        value = member[(equals + 1)..];
        var properties = value.IndexOf(';');
        value = value[..(properties < 0 ? value.Length : properties)].Trim(" \t");
        return IsKey(key) && key is not SentryPrefix;
    }

    // Who sends more than is allowed does not decide how long it is read, nor is a member read that is cut in two.
    private static ReadOnlySpan<char> Readable(string header) => header.Length <= MostBytes
        ? header
        : header.AsSpan(0, Math.Max(0, header.AsSpan(0, MostBytes + 1).LastIndexOf(',')));
}
