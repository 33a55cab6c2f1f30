using LlmTracing.SentryExporter.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Runs the app's own hook, which may fail, and must not take the transaction with it.</summary>
internal sealed class BeforeSendHook(
    Func<FinishedTransaction, FinishedTransaction?>? hook, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long? _loggedAt;

    /// <summary>Gives what is to be sent: the transaction, what the hook has made of it, or null for nothing.</summary>
    public FinishedTransaction? Apply(FinishedTransaction transaction)
    {
        try
        {
            return hook is null ? transaction : hook(transaction);
        }
        catch (Exception exception)
        {
            if (IsTimeToLog())
            {
                Log.BeforeSendFailed(logger, exception);
            }

            return transaction;
        }
    }

    // One that fails does so for every transaction.
    private bool IsTimeToLog()
    {
        lock (_lock)
        {
            if (_loggedAt is { } at && time.GetElapsedTime(at) < Pause)
            {
                return false;
            }

            _loggedAt = time.GetTimestamp();
            return true;
        }
    }
}
