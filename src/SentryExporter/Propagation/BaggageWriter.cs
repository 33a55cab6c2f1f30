using System.Buffers;
using System.Text;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>Writes a header <c>baggage</c> within its limits: what does not fit is left out, member by member.</summary>
internal sealed class BaggageWriter
{
    // What needs no percent-encoding in a value, properties after a semicolon included.
    private static readonly SearchValues<char> MemberCharacters =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x5e).Select(static code => (char)code).Except("\"\\,")]);

    private readonly StringBuilder _header = new();
    private readonly HashSet<string> _keys = [];

    public string? Header => _header.Length == 0 ? null : _header.ToString();

    /// <summary>Gives Sentry's members, then those of a header that the app has set itself, then the app's own.</summary>
    /// <param name="sentrys">Sentry's members, which are within the limits.</param>
    /// <param name="existing">A header that the app has set itself: of Sentry's members it is rid.</param>
    /// <param name="others">Members of the app's own, unless the existing header has their keys.</param>
    public static string? Write(
        FrozenBaggage sentrys, string? existing, List<KeyValuePair<string, string?>>? others)
    {
        if (others is null && existing is null)
        {
            return sentrys.Header;
        }

        var writer = new BaggageWriter();
        foreach (var (key, value) in sentrys.Members)
        {
            writer.TryAdd(key, value);
        }

        writer.AddRange(existing);
        foreach (var (key, value) in others ?? [])
        {
            writer.TryAdd(key, value);
        }

        return writer.Header;
    }

    public bool TryAdd(string key, string? value) =>
        BaggageHeader.IsKey(key) && TryAppend(key, $"{key}={Uri.EscapeDataString(value ?? "")}");

    private void AddRange(ReadOnlySpan<char> header)
    {
        foreach (var range in header.Split(','))
        {
            var member = header[range].Trim(" \t");
            if (BaggageHeader.TrySplit(member, out var key, out _) && !key.StartsWith(BaggageHeader.SentryPrefix)
                && !member.ContainsAnyExcept(MemberCharacters))
            {
                TryAppend(key.ToString(), member);
            }
        }
    }

    // Counted as it is sent: escaped, a character may take nine bytes.
    private bool TryAppend(string key, ReadOnlySpan<char> member)
    {
        var comma = _header.Length == 0 ? "" : ",";
        if (_keys.Count == BaggageHeader.MostMembers
            || _header.Length + comma.Length + member.Length > BaggageHeader.MostBytes
            || !_keys.Add(key))
        {
            return false;
        }

        _header.Append(comma).Append(member);
        return true;
    }
}
