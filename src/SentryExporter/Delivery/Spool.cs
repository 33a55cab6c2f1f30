using System.Diagnostics.CodeAnalysis;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Keeps envelopes on disk while Sentry cannot be reached, and gives them back oldest first.</summary>
/// <remarks>Touches the disk only where there is something to keep, or where another process has left something.</remarks>
internal sealed class Spool : IDisposable
{
    // Sentry files what is older under the time at which it came.
    private static readonly TimeSpan LongestStay = TimeSpan.FromDays(3);

    // Before a disk that has not taken a file is asked again.
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(30);

    private readonly SpoolFolders? _folders;
    private readonly long _maxBytes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LossLog _losses;
    private readonly SpoolIndex _index = new();
    private readonly RestingEntries _resting;
    private readonly string? _root;
    private long _number;
    private long _failedAt;
    private volatile bool _hasFailed;

    public Spool(string? root, long maxBytes, TimeProvider time, ILogger logger, LossLog losses)
    {
        (_root, _maxBytes, _time, _logger, _losses) = (root, maxBytes, time, logger, losses);
        _folders = root is null ? null : new SpoolFolders(root, time, logger);
        _resting = new RestingEntries(time, entry =>
        {
            _index.Add(entry);
            Woken?.Invoke();
        });
    }

    /// <summary>Gets or sets who is told that there is one more to be sent, which had rested.</summary>
    public Action? Woken { get; set; }

    /// <summary>Gets a value indicating whether something can be kept here.</summary>
    public bool IsEnabled => _folders is not null
        && (!_hasFailed || _time.GetElapsedTime(Volatile.Read(ref _failedAt)) >= PauseAfterFailure);

    /// <summary>Gets how many envelopes are kept.</summary>
    public int Count => _index.Count + _resting.Count;

    /// <summary>Keeps an envelope.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <param name="dropped">What had to go for it: the oldest.</param>
    /// <returns>False where the disk does not take it, which is logged.</returns>
    public bool TryAdd(Envelope envelope, out IReadOnlyList<Envelope> dropped)
    {
        dropped = [];
        if (!IsEnabled || !TryWrite(envelope))
        {
            return false;
        }

        if (envelope.Category != Envelope.ClientReport)
        {
            dropped = (IReadOnlyList<Envelope>?)DropOldest() ?? [];
        }

        return true;
    }

    /// <summary>Takes over what processes that are gone have left. It throws nothing.</summary>
    /// <returns>How many envelopes.</returns>
    public int Inherit()
    {
        try
        {
            var inherited = _folders?.Inherit() ?? [];
            foreach (var entry in inherited)
            {
                _index.Add(entry);
            }

            if (inherited.Count > 0)
            {
                Log.SpoolInherited(_logger, inherited.Count);
            }

            return inherited.Count;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.SpoolUnread(_logger, exception, _root!);
            return 0;
        }
    }

    /// <summary>Takes the oldest envelope that can be read. It stays on disk until it is removed, rests or is put back.</summary>
    /// <param name="entry">Its place.</param>
    /// <param name="envelope">The envelope.</param>
    /// <param name="isTooOld">Whether it is not to be sent any more.</param>
    public bool TryTake(
        [NotNullWhen(true)] out SpoolEntry? entry, [NotNullWhen(true)] out Envelope? envelope, out bool isTooOld)
    {
        while (_index.TryTakeOldest(out entry))
        {
            if (TryRead(entry, out envelope))
            {
                isTooOld = entry.IsOlderThan(_time.GetUtcNow() - LongestStay);
                return true;
            }
        }

        (envelope, isTooOld) = (null, false);
        return false;
    }

    public void PutBack(SpoolEntry entry) => _index.Add(entry);

    /// <summary>Puts back what was sent and not answered, but not at once: others go before it.</summary>
    public void Rest(SpoolEntry entry) => _resting.Add(entry);

    public void Remove(SpoolEntry entry)
    {
        try
        {
            File.Delete(entry.Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It would be sent once more by a later process.
            Log.SpoolUnread(_logger, exception, entry.Path);
        }

        _folders!.Release(entry.Folder);
    }

    public void Dispose()
    {
        _resting.Dispose();
        _folders?.Dispose();
    }

    private bool TryWrite(Envelope envelope)
    {
        SpoolFolder? folder = null;
        try
        {
            folder = _folders!.ForFile();
            var name = SpoolEntry.NameOf(envelope.At, Interlocked.Increment(ref _number));
            var bytes = SpoolFile.Write(Path.Combine(folder.Path, name), envelope);
            _index.Add(new SpoolEntry(folder, name, bytes));
            _hasFailed = false;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Volatile.Write(ref _failedAt, _time.GetTimestamp());
            _hasFailed = true;
            Log.SpoolFailed(_logger, exception, _root!);
            if (folder is not null)
            {
                _folders!.GiveUp(folder);
            }

            return false;
        }
    }

    private List<Envelope>? DropOldest()
    {
        List<Envelope>? dropped = null;
        while (_index.Bytes > _maxBytes && _index.Count > 1 && _index.TryTakeOldest(out var oldest))
        {
            if (TryRead(oldest, out var envelope))
            {
                Remove(oldest);
                (dropped ??= []).Add(envelope);
            }
        }

        return dropped;
    }

    private bool TryRead(SpoolEntry entry, [NotNullWhen(true)] out Envelope? envelope)
    {
        envelope = null;
        try
        {
            if (entry.Bytes <= SpoolFile.MostBytes && SpoolFile.TryParse(File.ReadAllBytes(entry.Path), out envelope))
            {
                return true;
            }

            _folders!.SetAside(entry.Folder, entry.Name);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            _losses.Add("its file has gone from the spool", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // For the moment, perhaps.
            Log.SpoolUnread(_logger, exception, entry.Path);
            _resting.Add(entry);
            return false;
        }

        _folders!.Release(entry.Folder);
        return false;
    }
}
