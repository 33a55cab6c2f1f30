using LlmTracing.SentrySdk.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sentry.Extensibility;

namespace LlmTracing.SentrySdk;

/// <summary>Gives finished transactions to the SDK, which queues and sends them.</summary>
internal sealed class SentrySdkSink(
    SdkHub hub, RequestScopes scopes, IServiceProvider services, IOptions<LlmTracingOptions> tracing) : ITransactionSink
{
    // Those of the app's services, which the SDK runs in the scopes of its requests alone.
    private readonly Lazy<ISentryTransactionProcessor[]> _processors =
        new(() => [.. services.GetServices<ISentryTransactionProcessor>()]);

    private volatile bool _wasOpen;

    public void Accept(FinishedTransaction transaction)
    {
        ThrowIfClosed();
        TransactionRecording.Record(hub.Current, transaction, scope =>
        {
            scopes.MoveTo(scope, transaction);
            scope.AddTransactionProcessors(_processors.Value);
        });
    }

    // The SDK's own flush at the end of the host comes later, with a time of its own.
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        await hub.Current.FlushAsync(tracing.Value.ShutdownTimeout).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    // It would take what it is given, and do nothing. Told of that, the journal keeps what it has.
    private void ThrowIfClosed()
    {
        var isOpen = hub.Current.IsEnabled;
        if (_wasOpen && !isOpen)
        {
            throw new InvalidOperationException(
                "The Sentry SDK was closed before the last transactions had ended. What is in the journal is delivered by the next start.");
        }

        _wasOpen |= isOpen;
    }
}
