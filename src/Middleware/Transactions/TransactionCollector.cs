using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics;
using LlmTracing.Middleware.Journal;
using LlmTracing.Middleware.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Listens to the spans of the process, and makes of those beneath one local root one transaction.</summary>
/// <remarks>
/// Sources are the process's, not the host's: where two hosts share a process, as in tests, each collects the requests
/// that its own middleware has adopted.
/// </remarks>
internal sealed class TransactionCollector : IDisposable
{
    private static int _collectors;

    private readonly string _propertyName = $"LlmTracing.Transaction.{Interlocked.Increment(ref _collectors)}";
    private readonly ConcurrentDictionary<OpenTransaction, bool> _waiting = new();
    private readonly ConcurrentDictionary<OpenTransaction, bool> _open = new();
    private readonly IOptions<LlmTracingOptions> _options;
    private readonly TransactionSinks _sinks;
    private readonly TimeProvider _time;
    private readonly UsageAccounting _accounting;
    private readonly ILogger _logger;
    private readonly TransactionSampler _sampler;
    private readonly MissingParents _missingParents;
    private readonly SpanJournal? _journal;
    private readonly FrozenSet<string> _sources;
    private readonly ActivityListener _listener;
    private TaskCompletionSource? _noneWaits;

    public TransactionCollector(
        IOptions<LlmTracingOptions> options,
        TransactionSinks sinks,
        JournalFolder journals,
        TimeProvider time,
        UsageAccounting accounting,
        ILoggerFactory loggerFactory)
    {
        (_options, _sinks, _time, _accounting) = (options, sinks, time, accounting);
        _logger = loggerFactory.CreateLogger(Log.Category);
        _sampler = new TransactionSampler(options, _logger);
        _missingParents = new MissingParents(time, _logger);
        Resource = [.. options.Value.ResourceAttributes.Select(static pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))];
        _journal = journals.Path is { } directory ? SpanJournal.Open(directory, _logger) : null;
        _sources = [.. SourceNames.Default, .. options.Value.Sources];
        Collects = span => _sources.Contains(span.Source.Name);
        _listener = new ActivityListener
        {
            ShouldListenTo = source => _sources.Contains(source.Name),
            Sample = _sampler.Sample,
            ActivityStarted = OnStarted,
            ActivityStopped = OnStopped,
            ExceptionRecorder = SpanException.Keep,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public DateTimeOffset Now => _time.GetUtcNow();

    /// <inheritdoc cref="FinishedTransaction.Resource"/>
    public IReadOnlyList<KeyValuePair<string, string?>> Resource { get; }

    /// <summary>Gets the transactions that have not been handed on.</summary>
    public IEnumerable<OpenTransaction> Open => _open.Keys;

    public bool HasOpen => !_open.IsEmpty;

    /// <summary>Gets what tells whether a span is of a source that is listened to.</summary>
    public Func<Activity, bool> Collects { get; }

    /// <inheritdoc cref="SampleRate.Of"/>
    public double SampleRateOf(Activity span) => _sampler.RateOf(span);

    /// <summary>Makes a request's span the root of a transaction, if it is sampled.</summary>
    public OpenTransaction? Adopt(Activity request) =>
        _sampler.IsSampled(request) ? Begin(request, isRequest: true) : null;

    /// <summary>Gives a task that completes when no transaction waits for children any more.</summary>
    public Task WhenNoneWaits()
    {
        var none = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _noneWaits, none);
        if (_waiting.IsEmpty)
        {
            none.TrySetResult();
        }

        return none.Task;
    }

    /// <summary>Hands on what only waits for children, as the host is stopping.</summary>
    public void GiveUpWaiting()
    {
        foreach (var (transaction, _) in _waiting)
        {
            transaction.GiveUpWaiting();
        }
    }

    public ITimer StartChildLimit(OpenTransaction transaction)
    {
        _waiting[transaction] = true;
        var limit = _options.Value.ChildLimit;
        return _time.CreateTimer(
            static waiting => ((OpenTransaction)waiting!).GiveUpWaiting(), transaction, limit, Timeout.InfiniteTimeSpan);
    }

    public void HandOn(OpenTransaction open, FinishedTransaction finished)
    {
        _open.TryRemove(open, out _);
        _sinks.Accept(finished);

        // After the sinks have it: who was told that none waits goes on to flush them.
        if (_waiting.TryRemove(open, out _) && _waiting.IsEmpty)
        {
            Volatile.Read(ref _noneWaits)?.TrySetResult();
        }
    }

    /// <summary>Forgets a transaction that is not handed on.</summary>
    public void Forget(OpenTransaction open) => _open.TryRemove(open, out _);

    /// <summary>Leaves the journal for the next start: what is still in it has not been delivered.</summary>
    public void KeepJournal() => _journal?.Keep();

    public void Dispose()
    {
        _listener.Dispose();
        _journal?.Dispose();
    }

    private void OnStarted(Activity activity)
    {
        _sampler.KeepRate(activity);
        for (var ancestor = activity.Parent; ancestor is not null; ancestor = ancestor.Parent)
        {
            if (ancestor.GetCustomProperty(_propertyName) is OpenTransaction transaction)
            {
                if (transaction.TryAdd(activity))
                {
                    Prepare(activity);
                }
                else
                {
                    // Its transaction has gone. What comes now is a transaction of its own, in the same trace.
                    Begin(activity);
                }

                return;
            }
        }

        if (SourceNames.IsWithoutParent(activity))
        {
            _missingParents.Add(activity);
        }

        if (SourceNames.MayBeginTransaction(activity) && _sampler.IsSampled(activity))
        {
            Begin(activity);
        }
    }

    private void OnStopped(Activity activity)
    {
        for (var span = activity; span is not null; span = span.Parent)
        {
            if (span.GetCustomProperty(_propertyName) is OpenTransaction transaction)
            {
                transaction.OnStopped(activity);
                return;
            }
        }
    }

    private OpenTransaction Begin(Activity root, bool isRequest = false)
    {
        var entries = new TransactionEntries(_journal, _time);
        entries.Begin(root, isRequest, Resource, Collects);
        var transaction = new OpenTransaction(root, isRequest, this, entries);
        _open[transaction] = true;
        root.SetCustomProperty(_propertyName, transaction);
        Prepare(root);
        if (!isRequest)
        {
            transaction.KeepRoot();
        }

        return transaction;
    }

    private void Prepare(Activity span)
    {
        if (span.Source.Name != LlmTrace.SourceName)
        {
            return;
        }

        LlmTrace.Account(span, _accounting);
        LlmTrace.CaptureContent(span, _options.Value);
    }
}
