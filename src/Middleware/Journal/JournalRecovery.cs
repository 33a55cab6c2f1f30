using LlmTracing.Middleware.Telemetry;
using LlmTracing.Middleware.Transactions;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Middleware.Journal;

/// <summary>Delivers, in the background, what was open when earlier processes of the app died.</summary>
internal sealed class JournalRecovery(
    JournalFolder folder, TransactionSinks sinks, TimeProvider time, ILoggerFactory loggerFactory) : IDisposable
{
    // A journal is kept until a sink has its transactions delivered, or kept, for a process that dies again and again. None
    // may have within this time, as where Sentry cannot be reached and there is no disk: the next start delivers them then,
    // perhaps once more, as the same events.
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan DisposalLimit = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger = loggerFactory.CreateLogger(Log.Category);
    private Task _recovery = Task.CompletedTask;

    /// <summary>Gets a task that completes when all journals that were found are recovered.</summary>
    public Task WhenDone => _recovery;

    public void Start()
    {
        if (folder.Path is not null)
        {
            using (ExecutionContext.SuppressFlow())
            {
                _recovery = Task.Run(() => RecoverAsync(folder.Path, _stopping.Token));
            }
        }
    }

    /// <summary>Stops where it is; what it has handed on by then is the sinks'.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _recovery;
    }

    /// <summary>Ends it where the host is disposed of without having stopped: sinks that are gone take nothing any more.</summary>
    /// <remarks>It waits, not long, for the journal that is being recovered. Others stay for the next start.</remarks>
    public void Dispose()
    {
        _stopping.Cancel();
        _ = ((IAsyncResult)_recovery).AsyncWaitHandle.WaitOne(DisposalLimit);
        _stopping.Dispose();
    }

    private async Task RecoverAsync(string directory, CancellationToken stopping)
    {
        try
        {
            var (transactions, corrupt) = (0, 0);
            if (Directory.Exists(directory))
            {
                foreach (var path in Directory.GetFiles(directory, $"*{JournalLayout.Extension}"))
                {
                    if (stopping.IsCancellationRequested)
                    {
                        break;
                    }

                    var recovered = await TakeAsync(path, stopping);
                    transactions += recovered.Transactions;
                    corrupt += recovered.Corrupt;
                }
            }

            Report(transactions, corrupt);
        }
        catch (Exception exception)
        {
            Log.RecoveryFailed(_logger, exception, directory);
        }
    }

    private async Task<(int Transactions, int Corrupt)> TakeAsync(string path, CancellationToken stopping)
    {
        if (JournalFile.TryTake(path) is not { } journal)
        {
            return default;
        }

        await using (journal)
        {
            try
            {
                var (recovered, corrupt, isSafe) = await RecoverAsync(journal, stopping);
                if (isSafe)
                {
                    // Emptied while it is locked: who has opened it meanwhile, and takes it next, finds nothing.
                    journal.SetLength(0);
                    File.Delete(path);
                }

                return (recovered, corrupt);
            }
            catch (Exception exception)
            {
                // While it is locked too. At the next start it would be delivered again, as far as it was, and fail again.
                SetAside(path, exception);
                return default;
            }
        }
    }

    private void SetAside(string path, Exception exception)
    {
        try
        {
            var aside = path + JournalLayout.AsideExtension;
            File.Move(path, aside, overwrite: true);
            Log.JournalSetAside(_logger, exception, aside);
        }
        catch (Exception fault)
        {
            // It costs the other journals nothing.
            Log.RecoveryFailed(_logger, fault, path);
        }
    }

    private async Task<(int Transactions, int Corrupt, bool AreSafe)> RecoverAsync(FileStream journal, CancellationToken stopping)
    {
        var contents = JournalContents.Read(journal);
        var faults = new List<Exception>();
        var transactions = RecoveredTransactions.Of(contents, faults.Add);
        foreach (var transaction in transactions)
        {
            sinks.Accept(transaction);
        }

        if (faults is [var fault, ..])
        {
            Log.NotRecovered(_logger, fault, faults.Count);
        }

        return (transactions.Count, contents.Corrupt, transactions.Count == 0 || await TryFlushAsync(stopping));
    }

    private async Task<bool> TryFlushAsync(CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(FlushLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        return await sinks.TryFlushAsync(either.Token);
    }

    private void Report(int transactions, int corrupt)
    {
        if (transactions > 0)
        {
            Log.TransactionsRecovered(_logger, transactions);
        }

        if (corrupt > 0)
        {
            Log.RecordsCorrupt(_logger, corrupt);
        }
    }
}
