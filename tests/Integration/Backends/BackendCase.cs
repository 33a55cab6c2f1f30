using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Backends;

/// <summary>What happens in an app, and the transaction that Sentry must receive of it, whichever way it goes.</summary>
/// <param name="Name">What happens.</param>
/// <param name="Expected">The transaction, as <see cref="TreeText"/> writes it.</param>
public sealed record BackendCase(string Name, string Expected)
{
    /// <summary>Gets a value indicating whether it is an error too: one, beneath the call that failed.</summary>
    public bool IsError { get; init; }

    /// <summary>Gets what plays it, until the ingest has its transaction.</summary>
    internal Func<IBackend, SentryIngest, Task<SentryTransaction>> PlayAsync { get; init; } = null!;

    public override string ToString() => Name;
}
