using System.Diagnostics;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>The message that headers are written to, by whatever library sends it.</summary>
internal readonly struct HeaderTarget(object? carrier, DistributedContextPropagator.PropagatorSetterCallback? setter)
{
    private readonly HttpRequestMessage? _request = carrier as HttpRequestMessage;

    /// <summary>Gets where the message goes, if that is known.</summary>
    public Uri? Address => _request?.RequestUri is { IsAbsoluteUri: true } address ? address : null;

    public void Set(string name, string value)
    {
        if (_request is null)
        {
            setter?.Invoke(carrier, name, value);
            return;
        }

        // HttpClient's own setter keeps a header that is there already: on a retry of the same message, the last attempt's.
        _request.Headers.Remove(name);
        _request.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>Gives a header that the message has already.</summary>
    public string? Existing(string name) =>
        _request is not null && _request.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
