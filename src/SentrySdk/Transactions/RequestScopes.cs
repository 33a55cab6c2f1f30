using System.Collections.Concurrent;
using System.Diagnostics;

namespace LlmTracing.SentrySdk.Transactions;

/// <summary>The SDK's scopes of the requests that are recorded, until their transactions have ended.</summary>
internal sealed class RequestScopes
{
    private readonly ConcurrentDictionary<ActivitySpanId, Scope> _scopes = new();

    public void Add(Activity root, Scope scope) => _scopes[root.SpanId] = scope;

    /// <summary>Gives what the app has said of a request to the scope of its transaction: user and tags.</summary>
    /// <remarks>
    /// Not all of it: when the SDK has captured an error, its scope also holds the headers of the request.
    /// </remarks>
    public void MoveTo(Scope target, FinishedTransaction transaction)
    {
        if (!_scopes.TryRemove(transaction.Root.SpanId, out var scope))
        {
            return;
        }

        target.User = scope.User;
        foreach (var (key, value) in scope.Tags)
        {
            target.SetTag(key, value);
        }
    }
}
