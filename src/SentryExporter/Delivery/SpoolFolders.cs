using LlmTracing.SentryExporter.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>The folders of a spool that this process holds: its own, and those of processes that are gone.</summary>
internal sealed class SpoolFolders(string root, TimeProvider time, ILogger logger) : IDisposable
{
    // What was set aside is of use to whoever reads the log in time.
    private static readonly TimeSpan LongestAside = TimeSpan.FromDays(3);

    private readonly Lock _lock = new();
    private readonly Dictionary<SpoolFolder, int> _files = [];
    private SpoolFolder? _own;

    private string Aside => Path.Combine(root, "set-aside");

    /// <summary>Gives this process's own folder, for one file more.</summary>
    public SpoolFolder ForFile()
    {
        lock (_lock)
        {
            _own ??= MakeOwn();
            _files[_own] = _files.GetValueOrDefault(_own) + 1;
            return _own;
        }
    }

    /// <summary>Notes that there is a file less in a folder. With its last one, an inherited folder goes.</summary>
    public void Release(SpoolFolder folder)
    {
        lock (_lock)
        {
            if (_files.TryGetValue(folder, out var files))
            {
                _files[folder] = --files;
                if (files == 0 && folder != _own)
                {
                    Remove(folder);
                }
            }
        }
    }

    /// <summary>Has the next file go to a new folder, where the disk did not take one in this.</summary>
    public void GiveUp(SpoolFolder folder)
    {
        lock (_lock)
        {
            _own = _own == folder ? null : _own;
        }

        Release(folder);
    }

    /// <summary>Takes over what processes that are gone have left.</summary>
    public IReadOnlyList<SpoolEntry> Inherit()
    {
        var entries = new List<SpoolEntry>();
        if (Directory.Exists(root))
        {
            lock (_lock)
            {
                RemoveOldAside();
                foreach (var path in Directory.GetDirectories(root).Where(path => _files.Keys.All(held => held.Path != path)))
                {
                    Inherit(path, entries);
                }
            }
        }

        return entries;
    }

    /// <summary>Keeps a file that cannot be sent for whoever wants to know what has befallen it.</summary>
    public void SetAside(SpoolFolder folder, string name)
    {
        SpoolFolder.CreatePrivate(Aside);
        var path = Path.Combine(Aside, $"{Path.GetFileName(folder.Path)}-{name}");
        File.Move(Path.Combine(folder.Path, name), path, overwrite: true);

        // Moved now, whenever it was written.
        File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
        Log.SpoolFileSetAside(logger, path);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var folder in _files.Keys)
            {
                Remove(folder);
            }

            _own = null;
        }
    }

    private SpoolFolder MakeOwn()
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

    private void Remove(SpoolFolder folder)
    {
        _files.Remove(folder);
        try
        {
            folder.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.SpoolUnread(logger, exception, folder.Path);
        }
    }

    private void Inherit(string path, List<SpoolEntry> entries)
    {
        if (!SpoolFolder.TryInherit(path, out var folder))
        {
            return;
        }

        var before = entries.Count;
        try
        {
            foreach (var name in folder.Files().ToList())
            {
                Inherit(folder, name, entries);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Removed by its process at this very moment, perhaps.
            Log.SpoolUnread(logger, exception, path);
        }

        _files[folder] = entries.Count - before;
        if (entries.Count == before)
        {
            Remove(folder);
        }
    }

    private void Inherit(SpoolFolder folder, string name, List<SpoolEntry> entries)
    {
        var whole = SpoolFile.NameOfWhole(name);
        if (whole is null)
        {
            SetAside(folder, name);
            return;
        }

        var path = Path.Combine(folder.Path, whole);
        if (name != whole)
        {
            // Its process died before it gave the file its name; whether it was done, the checksum tells.
            File.Move(Path.Combine(folder.Path, name), path);
        }

        entries.Add(new SpoolEntry(folder, whole, new FileInfo(path).Length));
    }

    private void RemoveOldAside()
    {
        if (Directory.Exists(Aside))
        {
            foreach (var path in Directory.GetFiles(Aside).Where(path =>
                time.GetUtcNow().UtcDateTime - File.GetLastWriteTimeUtc(path) > LongestAside))
            {
                File.Delete(path);
            }
        }
    }
}
