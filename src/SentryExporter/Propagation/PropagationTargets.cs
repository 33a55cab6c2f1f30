namespace LlmTracing.SentryExporter.Propagation;

/// <summary>Which servers are told of the trace.</summary>
internal sealed class PropagationTargets(IEnumerable<string>? patterns)
{
    private readonly HostPattern[]? _named = patterns?
        .Select(static text => HostPattern.TryParse(text, out var pattern, out _) ? pattern : null)
        .OfType<HostPattern>()
        .ToArray();

    /// <summary>Tells whether a server may have the headers.</summary>
    /// <param name="target">Its address, if that is known. One that is not may be anyone's, but is not named.</param>
    public bool Allow(Uri? target)
    {
        var isForAll = _named is null;
        foreach (var pattern in _named ?? [])
        {
            var isMatch = target is null ? pattern.IsAnyHost : pattern.Matches(target);
            if (isMatch && !pattern.IsAnyHost)
            {
                return true;
            }

            isForAll |= isMatch;
        }

        return isForAll && (target is null || !LlmProviderHosts.Has(target));
    }
}
