using System.Buffers;
using System.Text;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>The header <c>baggage</c>: members <c>key=value</c>, parted by commas, values percent-encoded.</summary>
/// <remarks>https://www.w3.org/TR/2024/CRD-baggage-20240530/, whose limits are these too.</remarks>
internal static class BaggageHeader
{
    public const string Name = "baggage";
    public const string SentryPrefix = "sentry-";

    private const int MostMembers = 64;
    private const int MostBytes = 8192;

    // A key is a token of HTTP: https://www.rfc-editor.org/rfc/rfc9110#name-tokens.
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // What needs no percent-encoding in a value, properties after a semicolon included.
    private static readonly SearchValues<char> MemberCharacters =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x5e).Select(static code => (char)code).Except("\"\\,")]);

    public static bool IsSentrys(string key) => key.StartsWith(SentryPrefix, StringComparison.Ordinal);

    /// <summary>Reads the members that a header has room for by its limits, Sentry's before the others.</summary>
    public static List<KeyValuePair<string, string?>> Parse(string header)
    {
        var members = new List<KeyValuePair<string, string?>>();
        var bytes = 0;
        AddMembers(header, sentrys: true, members, ref bytes);
        AddMembers(header, sentrys: false, members, ref bytes);
        return members;
    }

    /// <summary>Writes a header within its limits; what does not fit is left out, member by member.</summary>
    /// <param name="sentrys">Sentry's members, as they go into a header.</param>
    /// <param name="existing">A header that the app has set itself: of Sentry's members it is rid.</param>
    /// <param name="others">Members of the app's own, unless the existing header has their keys.</param>
    public static string? Write(
        string? sentrys, string? existing, List<KeyValuePair<string, string?>>? others)
    {
        if (others is null && (existing is null || existing == sentrys))
        {
            return sentrys;
        }

        var header = new StringBuilder(sentrys);
        var count = sentrys?.Count(static character => character == ',') + 1 ?? 0;
        HashSet<string> keys = [];
        foreach (var range in existing.AsSpan().Split(','))
        {
            var member = existing.AsSpan(range).Trim(" \t");
            if (TrySplit(member, out var key, out _) && !IsSentrys(key) && !member.ContainsAnyExcept(MemberCharacters)
                && TryAppend(header, member, ref count))
            {
                keys.Add(key);
            }
        }

        foreach (var (key, value) in others ?? [])
        {
            if (IsKey(key) && keys.Add(key))
            {
                TryAppend(header, Member(key, value), ref count);
            }
        }

        return header.Length == 0 ? null : header.ToString();
    }

    public static string Member(string key, string? value) => $"{key}={Uri.EscapeDataString(value ?? "")}";

    private static void AddMembers(
        string header, bool sentrys, List<KeyValuePair<string, string?>> members, ref int bytes)
    {
        foreach (var range in header.AsSpan().Split(','))
        {
            var member = header.AsSpan(range).Trim(" \t");
            var length = member.Length + (members.Count == 0 ? 0 : 1);
            if (members.Count == MostMembers)
            {
                return;
            }

            if (member.StartsWith(SentryPrefix) == sentrys && bytes + length <= MostBytes
                && TrySplit(member, out var key, out var value))
            {
                bytes += length;
                members.Add(new(key, value));
            }
        }
    }

    private static bool TrySplit(ReadOnlySpan<char> member, out string key, out string value)
    {
        (key, value) = ("", "");
        var equals = member.IndexOf('=');
        if (equals < 1 || !IsKey(member[..equals].TrimEnd(" \t")))
        {
            return false;
        }

        // Properties, which no one here understands, follow a semicolon.
        var end = member.IndexOf(';');
        var encoded = member[(equals + 1)..(end > equals ? end : member.Length)].Trim(" \t");
        (key, value) = (member[..equals].TrimEnd(" \t").ToString(), Uri.UnescapeDataString(encoded));
        return true;
    }

    private static bool TryAppend(StringBuilder header, ReadOnlySpan<char> member, ref int count)
    {
        if (count == MostMembers || header.Length + 1 + member.Length > MostBytes)
        {
            return false;
        }

        count++;
        header.Append(header.Length == 0 ? "" : ",").Append(member);
        return true;
    }

    private static bool IsKey(ReadOnlySpan<char> key) => !key.IsEmpty && !key.ContainsAnyExcept(KeyCharacters);
}
