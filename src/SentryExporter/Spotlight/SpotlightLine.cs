using LlmTracing.SentryExporter.Delivery;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.SentryExporter.Spotlight;

/// <summary>Sends transactions to Spotlight, one after the other. While it is away, the latest of them wait for it.</summary>
internal sealed class SpotlightLine : IDisposable
{
    // What one looks at is new: some hundreds of requests, and the oldest go first.
    private const long MostBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // For all that waits when the host stops: each takes milliseconds.
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(2);

    private readonly SpotlightSender _sender;
    private readonly EnvelopeWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DeliveryQueue _queue;
    private readonly PendingCount _pending = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _away = NewSignal();
    private bool _hasLogged;

    public SpotlightLine(SpotlightSender sender, EnvelopeWriter writer, TimeProvider time, ILogger logger)
    {
        (_sender, _writer, _time, _logger) = (sender, writer, time, logger);
        _queue = new DeliveryQueue(MostBytes, time);

        // It outlives whatever happens to have made it.
        using (ExecutionContext.SuppressFlow())
        {
            var stopping = _stopping.Token;
            _ = Task.Run(() => SendAllAsync(stopping), CancellationToken.None);
        }
    }

    /// <summary>Takes a transaction, without waiting for anything.</summary>
    public void Add(FinishedTransaction transaction)
    {
        _pending.Add();
        _queue.Add(QueuedItem.Of(transaction, _time.GetTimestamp()), out var dropped);
        Forget(dropped);
        _work.Release();
    }

    /// <summary>Sends what waits, unless Spotlight is away. It never throws: what is not shown is not lost.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken) =>
        await ((Task)Task.WhenAny(_pending.WhenNone(), Volatile.Read(ref _away).Task))
            .WaitAsync(LongestFlush, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Dispose()
    {
        _stopping.Cancel();
        _sender.Dispose();
        _stopping.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task SendAllAsync(CancellationToken stopping)
    {
        var pause = FirstPause;
        while (!stopping.IsCancellationRequested)
        {
            await _work.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (_queue.TryTakeOldest(out var item))
            {
                if (await TrySendAsync(item.Transaction!, stopping))
                {
                    pause = FirstPause;
                    _pending.Remove();
                    continue;
                }

                _queue.PutBack(item, out var dropped);
                Forget(dropped);
                await Task.Delay(pause, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = 2 * pause < LongestPause ? 2 * pause : LongestPause;
            }
        }
    }

    // Gives whether it is done with: shown, or never to be.
    private async Task<bool> TrySendAsync(FinishedTransaction transaction, CancellationToken stopping)
    {
        try
        {
            foreach (var envelope in _writer.Write(transaction))
            {
                await _sender.SendAsync(envelope, stopping);
            }

            if (_away.Task.IsCompleted)
            {
                Volatile.Write(ref _away, NewSignal());
            }

            return true;
        }
        catch (Exception exception)
        {
            if (stopping.IsCancellationRequested)
            {
                return true;
            }

            // Once: a viewer that is not running must not fill the app's log.
            if (!_hasLogged)
            {
                _hasLogged = true;
                Log.SpotlightFailed(_logger, _sender.Address, exception.Message);
            }

            if (exception is not (HttpRequestException { StatusCode: null } or OperationCanceledException))
            {
                // What answers is no Spotlight, or it cannot be written: another try would change nothing.
                return true;
            }

            _away.TrySetResult();
            return false;
        }
    }

    private void Forget(IReadOnlyList<QueuedItem> dropped)
    {
        foreach (var _ in dropped)
        {
            _pending.Remove();
        }
    }
}
