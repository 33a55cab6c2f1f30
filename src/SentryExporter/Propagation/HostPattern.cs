using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>A host, <c>api.example.com</c>; those beneath one, <c>*.example.com</c>; or any, <c>*</c>; maybe with a port.</summary>
internal sealed class HostPattern
{
    private readonly string _host;
    private readonly bool _isBeneath;
    private readonly int? _port;

    private HostPattern(string host, int? port)
    {
        host = host.TrimEnd('.');
        IsAnyHost = host == "*";
        _isBeneath = host.StartsWith("*.", StringComparison.Ordinal);
        (_host, _port) = (_isBeneath ? host[1..] : host, port);
    }

    public bool IsAnyHost { get; }

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="pattern">What it says.</param>
    /// <param name="problem">What is wrong with it, as the end of a sentence.</param>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out HostPattern? pattern, [NotNullWhen(false)] out string? problem)
    {
        pattern = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            problem = "it is empty";
            return false;
        }

        if (text.Contains('/'))
        {
            problem = "it is more than a host, leave out scheme and path";
            return false;
        }

        var (host, port) = Split(text);
        if (port is not (null or (> 0 and <= ushort.MaxValue)))
        {
            problem = "its port is not 1 to 65535";
            return false;
        }

        var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        if (host != "*" && Uri.CheckHostName(name) == UriHostNameType.Unknown)
        {
            problem = "it is not a host name";
            return false;
        }

        (pattern, problem) = (new HostPattern(host, port), null);
        return true;
    }

    public bool Matches(Uri target) => (_port is null || _port == target.Port) && MatchesHost(NameOf(target));

    /// <summary>Gives the name of a host. One with a dot at its end, which a resolver takes literally, is the same.</summary>
    public static string NameOf(Uri target) => target.Host.TrimEnd('.');

    private static (string Host, int? Port) Split(string text)
    {
        // The colons of an IPv6 address are within brackets.
        var colon = text.LastIndexOf(':');
        if (colon < 0 || text.EndsWith(']'))
        {
            return (text, null);
        }

        var isNumber = int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port);
        return (text[..colon], isNumber ? port : 0);
    }

    private bool MatchesHost(string host) => IsAnyHost
        || (_isBeneath
            ? host.EndsWith(_host, StringComparison.OrdinalIgnoreCase)
            : host.Equals(_host, StringComparison.OrdinalIgnoreCase));
}
