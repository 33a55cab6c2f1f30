using System.Diagnostics;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>The message that headers are written to, by whatever library sends it.</summary>
internal readonly struct HeaderTarget(object? carrier, DistributedContextPropagator.PropagatorSetterCallback? setter)
{
    private static readonly HttpRequestOptionsKey<Attempt> LastAttempt = new("LlmTracing.LastAttempt");

    private readonly HttpRequestMessage? _request = carrier as HttpRequestMessage;

    /// <summary>Gets where the message goes, if that is known.</summary>
    public Uri? Address => _request?.RequestUri is { IsAbsoluteUri: true } address ? address : null;

    /// <summary>Removes what was written for an earlier attempt to send the message, which may have gone to another host.</summary>
    /// <returns>The baggage that the app has set itself.</returns>
    public string? TakeBack()
    {
        var baggage = _request is not null && _request.Headers.NonValidated.TryGetValues(BaggageHeader.Name, out var values)
            ? values.ToString()
            : null;
        if (_request is null || !_request.Options.TryGetValue(LastAttempt, out var last))
        {
            return baggage;
        }

        foreach (var name in SentryPropagator.Headers)
        {
            _request.Headers.Remove(name);
        }

        // Unless the app has changed it since, it is not the app's.
        var apps = baggage == last.Baggage ? last.AppsBaggage : baggage;
        ((IDictionary<string, object?>)_request.Options).Remove(LastAttempt.Key);
        if (apps is not null)
        {
            _request.Headers.TryAddWithoutValidation(BaggageHeader.Name, apps);
        }

        return apps;
    }

    public void SetBaggage(string? baggage, string? appsBaggage)
    {
        if (baggage is not null)
        {
            Set(BaggageHeader.Name, baggage);
        }

        _request?.Options.Set(LastAttempt, new Attempt(baggage, appsBaggage));
    }

    public void Set(string name, string value)
    {
        if (_request is null)
        {
            setter?.Invoke(carrier, name, value);
            return;
        }

        // HttpClient's own setter would keep a header that the app has set.
        _request.Headers.Remove(name);
        _request.Headers.TryAddWithoutValidation(name, value);
    }

    private sealed record Attempt(string? Baggage, string? AppsBaggage);
}
