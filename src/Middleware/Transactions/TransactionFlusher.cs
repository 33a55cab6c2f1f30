using LlmTracing.Middleware.Journal;
using LlmTracing.Middleware.Termination;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Listens from the host's start, and delivers what is left when everything else has stopped.</summary>
internal sealed class TransactionFlusher(
    TransactionCollector collector,
    IOptions<LlmTracingOptions> options,
    TransactionSinks sinks,
    JournalRecovery recovery,
    ProcessEnd processEnd,
    TimeProvider time) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        processEnd.Watch();
        recovery.Start();
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // After StopAsync of every service, the server's included: by now the last request has ended, or was cut off. The host's
    // token is not asked: where one request has used up all of its time, the transactions of the others are not lost for it.
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        var timeout = options.Value.ShutdownTimeout;
        var began = time.GetTimestamp();

        // Not disposed of: a sink that is given up on may still have it.
        var limit = new CancellationTokenSource(ShutdownTime.ForFlush(timeout), time);

        // A stream that goes on without its client was told to end when the host began to stop, and is about to. What does
        // not end leaves the flush its half of the time.
        await Task.WhenAll(recovery.StopAsync(), collector.WhenNoneWaits()).WaitAsync(timeout / 2, time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        collector.GiveUpWaiting();
        processEnd.HostHasStopped();
        await sinks.FlushWithinAsync(ShutdownTime.Rest(timeout, time.GetElapsedTime(began)), time, limit.Token);
    }
}
