using LlmTracing.SentrySdk.Transactions;
using Microsoft.Extensions.Options;

namespace LlmTracing.SentrySdk;

/// <summary>Gives finished transactions to the SDK, which queues and sends them.</summary>
internal sealed class SentrySdkSink(SdkHub hub, IOptions<LlmTracingOptions> tracing) : ITransactionSink
{
    public void Accept(FinishedTransaction transaction) => TransactionRecording.Record(hub.Current, transaction);

    // The SDK's own flush at the end of the host comes later, with a time of its own.
    public async ValueTask FlushAsync(CancellationToken cancellationToken) =>
        await hub.Current.FlushAsync(tracing.Value.ShutdownTimeout).WaitAsync(cancellationToken).ConfigureAwait(false);
}
