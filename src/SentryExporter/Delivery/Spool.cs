using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Keeps envelopes on disk while Sentry cannot be reached, and gives them back oldest first.</summary>
/// <remarks>Touches the disk only where there is something to keep, or where another process has left something.</remarks>
internal sealed class Spool(string? root, long maxBytes, TimeProvider time, ILogger logger) : IDisposable
{
    // Sentry files what is older under the time at which it came.
    private static readonly TimeSpan LongestStay = TimeSpan.FromDays(3);

    private readonly Lock _lock = new();
    private readonly SpoolIndex _index = new();
    private readonly List<SpoolFolder> _inherited = [];
    private SpoolFolder? _own;
    private long _number;
    private volatile bool _isBroken;

    /// <summary>Gets a value indicating whether something can be kept here.</summary>
    public bool IsEnabled => root is not null && !_isBroken;

    /// <summary>Gets how many envelopes are kept.</summary>
    public int Count => _index.Count;

    /// <summary>Keeps an envelope.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <param name="dropped">What had to go for it: the oldest.</param>
    /// <returns>False where the disk does not take it, which is logged once.</returns>
    public bool TryAdd(Envelope envelope, out IReadOnlyList<Envelope> dropped)
    {
        dropped = [];
        if (!IsEnabled)
        {
            return false;
        }

        try
        {
            lock (_lock)
            {
                _own ??= MakeOwn(root!);
                var name = string.Create(
                    CultureInfo.InvariantCulture, $"{time.GetUtcNow().UtcTicks:D19}-{_number++:D9}{SpoolFile.Extension}");
                var path = Path.Combine(_own.Path, name);
                SpoolFile.Write(path, envelope);
                _index.Add(SpoolEntry.Of(path));
                dropped = (IReadOnlyList<Envelope>?)DropOldest() ?? [];
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _isBroken = true;
            Log.SpoolFailed(logger, exception, root!);
            return false;
        }
    }

    /// <summary>Takes over what processes that are gone have left. It throws nothing.</summary>
    /// <returns>How many envelopes.</returns>
    public int Inherit()
    {
        if (!IsEnabled || !Directory.Exists(root))
        {
            return 0;
        }

        try
        {
            lock (_lock)
            {
                var inherited = Directory.GetDirectories(root)
                    .Where(path => path != _own?.Path && _inherited.All(folder => folder.Path != path))
                    .Sum(Inherit);
                if (inherited > 0)
                {
                    Log.SpoolInherited(logger, inherited);
                }

                return inherited;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.SpoolUnread(logger, exception, root);
            return 0;
        }
    }

    /// <summary>Takes the oldest envelope that can be read. It stays on disk until it is removed or put back.</summary>
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
                isTooOld = IsTooOld(entry);
                return true;
            }
        }

        (envelope, isTooOld) = (null, false);
        return false;
    }

    public void PutBack(SpoolEntry entry) => _index.Add(entry);

    public void Remove(SpoolEntry entry)
    {
        try
        {
            File.Delete(entry.Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It would be sent once more by a later process.
            Log.SpoolUnread(logger, exception, entry.Path);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var folder in _own is null ? _inherited : [.. _inherited, _own])
            {
                try
                {
                    folder.Dispose();
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    Log.SpoolUnread(logger, exception, folder.Path);
                }
            }

            _inherited.Clear();
            _own = null;
        }
    }

    private static SpoolFolder MakeOwn(string root)
    {
        SpoolFolder.CreatePrivate(root);
        try
        {
            return SpoolFolder.Create(root);
        }
        catch (IOException)
        {
            // Another process has looked at it between its making and its locking, and taken it for one that is left.
            return SpoolFolder.Create(root);
        }
    }

    private int Inherit(string path)
    {
        if (!SpoolFolder.TryInherit(path, out var folder))
        {
            return 0;
        }

        _inherited.Add(folder);
        try
        {
            var files = Directory.GetFiles(path, "*" + SpoolFile.Extension);
            foreach (var file in files)
            {
                _index.Add(SpoolEntry.Of(file));
            }

            return files.Length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Removed by its process at this very moment, perhaps.
            Log.SpoolUnread(logger, exception, path);
            return 0;
        }
    }

    private List<Envelope>? DropOldest()
    {
        List<Envelope>? dropped = null;
        while (_index.Bytes > maxBytes && _index.Count > 1 && _index.TryTakeOldest(out var oldest))
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
            if (SpoolFile.TryParse(File.ReadAllBytes(entry.Path), out envelope))
            {
                return true;
            }

            // Kept for whoever wants to know what has befallen it, but never looked at again.
            File.Move(entry.Path, entry.Path + ".broken", overwrite: true);
            Log.SpoolFileSetAside(logger, entry.Path + ".broken");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.SpoolUnread(logger, exception, entry.Path);
        }

        return false;
    }

    private bool IsTooOld(SpoolEntry entry) =>
        long.TryParse(entry.Name.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
        && time.GetUtcNow().UtcTicks - ticks > LongestStay.Ticks;
}
