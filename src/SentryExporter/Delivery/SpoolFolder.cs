using System.Diagnostics.CodeAnalysis;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>A folder of spooled envelopes that this process alone sends from, for as long as it lives.</summary>
/// <remarks>
/// A lock on a file in it says so, which the system takes back when the process ends, however it ends: who can take the
/// lock of another's folder is its heir. So several processes share a spool, and none sends what another does.
/// </remarks>
internal sealed class SpoolFolder : IDisposable
{
    private const string LockName = ".lock";

    private readonly FileStream _lock;

    private SpoolFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public static SpoolFolder Create(string parent)
    {
        var path = System.IO.Path.Combine(parent, Guid.NewGuid().ToString("n"));
        CreatePrivate(path);
        return new SpoolFolder(path, Lock(path, FileMode.CreateNew));
    }

    /// <summary>Takes over a folder whose process is gone.</summary>
    public static bool TryInherit(string path, [NotNullWhen(true)] out SpoolFolder? folder)
    {
        folder = null;
        try
        {
            folder = new SpoolFolder(path, Lock(path, FileMode.Open));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Its process lives, or is just about to make or to remove it.
        }

        return folder is not null;
    }

    /// <summary>Makes a folder that only its user can look into.</summary>
    public static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Gives the names of the files in it.</summary>
    public IEnumerable<string> Files() => Directory.EnumerateFiles(Path)
        .Select(static file => System.IO.Path.GetFileName(file)).Where(static name => name != LockName);

    /// <summary>Removes the folder if nothing is left in it, and gives it up.</summary>
    public void Dispose()
    {
        try
        {
            if (Directory.GetFileSystemEntries(Path).All(static path => System.IO.Path.GetFileName(path) == LockName))
            {
                // With the lock still held, so that nobody inherits it meanwhile.
                File.Delete(System.IO.Path.Combine(Path, LockName));
                Directory.Delete(Path);
            }
        }
        finally
        {
            _lock.Dispose();
        }
    }

    private static FileStream Lock(string path, FileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            BufferSize = 0,

            // Windows would not let it be deleted while it is held; elsewhere only None is a lock.
            Share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None,
        };
        if (!OperatingSystem.IsWindows() && mode == FileMode.CreateNew)
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(System.IO.Path.Combine(path, LockName), options);
    }
}
