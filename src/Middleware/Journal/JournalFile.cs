using System.IO.MemoryMappedFiles;

namespace LlmTracing.Middleware.Journal;

/// <summary>The file of one journal, mapped into memory, and locked for as long as its process lives.</summary>
/// <remarks>
/// The system writes a mapped page to disk when it likes, and also when its process was killed. A write here is a copy in
/// memory.
/// </remarks>
internal sealed class JournalFile : IDisposable
{
    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Windows locks what is not shared, and neither removes nor renames a file that is open without this.
    private static readonly FileShare Locked = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    private readonly string _path;
    private readonly MemoryMappedFile _mapped;
    private readonly MemoryMappedViewAccessor _view;
    private volatile bool _isKept;

    private JournalFile(string path, MemoryMappedFile mapped)
    {
        (_path, _mapped) = (path, mapped);
        _view = mapped.CreateViewAccessor(0, JournalLayout.FileSize);
    }

    /// <summary>Makes a new journal.</summary>
    /// <param name="directory">Where; it is made too, for its user alone.</param>
    /// <exception cref="IOException">The disk is full, or files cannot be locked there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written to.</exception>
    public static JournalFile Create(string directory)
    {
        if (!Path.IsPathFullyQualified(directory))
        {
            throw new IOException("The user has no folder for application data.");
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, OwnersAlone | UnixFileMode.UserExecute);
        }

        var path = Path.Combine(directory, $"{Guid.CreateVersion7():N}{JournalLayout.Extension}");
        var file = new FileStream(path, OptionsOfNew());
        try
        {
            file.SetLength(JournalLayout.FileSize);
            ThrowUnlessLocked(path);
            return new JournalFile(
                path,
                MemoryMappedFile.CreateFromFile(
                    file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false));
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Takes the journal of an owner that is no more.</summary>
    /// <returns>Null where its owner lives, or another process has taken it.</returns>
    public static FileStream? TryTake(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, Locked, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        // Whoever had it may have removed it after we had opened it: then it is nobody's any more.
        if (File.Exists(path))
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    public void Write(int slot, int offset, ReadOnlySpan<byte> bytes) =>
        _view.SafeMemoryMappedViewHandle.WriteSpan((ulong)(((long)slot * JournalLayout.SlotSize) + offset), bytes);

    /// <summary>Says for which span a slot is. One write of one word: a reader sees it before or after.</summary>
    public void WriteMark(int slot, long mark) =>
        _view.SafeMemoryMappedViewHandle.Write((ulong)((long)slot * JournalLayout.SlotSize), mark);

    /// <summary>Leaves it, when it is closed, to who takes it next.</summary>
    public void Keep() => _isKept = true;

    /// <summary>Removes the file, unless it is to be kept; otherwise nothing may be in it any more.</summary>
    /// <exception cref="IOException">It is not there any more: someone else has removed it, perhaps with its folder.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be removed.</exception>
    public void Dispose()
    {
        try
        {
            if (!File.Exists(_path))
            {
                throw new FileNotFoundException("The journal has been removed.", _path);
            }

            if (!_isKept)
            {
                // Removed while it is locked: so no one can have taken it.
                File.Delete(_path);
            }
        }
        finally
        {
            _view.Dispose();
            _mapped.Dispose();
        }
    }

    private static FileStreamOptions OptionsOfNew()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,

            Share = Locked,
            BufferSize = 0,

            // A write to a mapped page for which the disk has no room ends the process: the room is taken here, or refused.
            PreallocationSize = JournalLayout.FileSize,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnersAlone;
        }

        return options;
    }

    // Some network disks have no locks, and they can be switched off; and another process that takes over the dead ones may
    // have been faster than our lock. Then this journal would be read while it is written, or is removed already.
    private static void ThrowUnlessLocked(string path)
    {
        if (TryTake(path) is { } taken)
        {
            taken.Dispose();
            throw new IOException("Files cannot be locked there.");
        }

        if (!File.Exists(path))
        {
            throw new IOException("It was removed by another process.");
        }
    }
}
