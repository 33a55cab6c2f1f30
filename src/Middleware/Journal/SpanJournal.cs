using LlmTracing.Middleware.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Middleware.Journal;

/// <summary>The journal of one host: where its open spans outlive the process.</summary>
internal sealed class SpanJournal(JournalFile file, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<JournalSlot> _slots = [];

    // The last that was freed is the first to be used: few pages of the file are ever touched.
    private readonly Stack<JournalSlot> _free = [];
    private long _generation;
    private bool _isDisposed;
    private bool _wasFull;

    /// <summary>Opens a journal in a directory.</summary>
    /// <returns>Null where it cannot be, which is logged.</returns>
    public static SpanJournal? Open(string directory, ILogger logger)
    {
        try
        {
            return new SpanJournal(JournalFile.Create(directory), logger);
        }
        catch (Exception exception)
        {
            Log.JournalNotOpened(logger, exception, directory);
            return null;
        }
    }

    /// <summary>Gives a slot to a span.</summary>
    /// <param name="generation">By which the slot knows the span.</param>
    /// <returns>Null where the journal is full or closed.</returns>
    public JournalSlot? Rent(out long generation)
    {
        JournalSlot? slot;
        bool isFirstWithout;
        lock (_lock)
        {
            generation = ++_generation;
            slot = _isDisposed ? null : FreeSlot();
            slot?.Open(generation);
            isFirstWithout = slot is null && !_isDisposed && !_wasFull;
            _wasFull |= isFirstWithout;
        }

        if (isFirstWithout)
        {
            Log.JournalFull(logger, JournalLayout.Slots);
        }

        return slot;
    }

    public void Return(JournalSlot slot)
    {
        lock (_lock)
        {
            _free.Push(slot);
        }
    }

    /// <summary>Leaves the file where it is when this is disposed of, for the next start.</summary>
    public void Keep() => file.Keep();

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _slots.ForEach(static slot => slot.Close());
        }

        try
        {
            file.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // As where a cleaner of temporary files has been there: what was in it would have been lost.
            Log.JournalRemoved(logger, exception);
        }
    }

    private JournalSlot? FreeSlot()
    {
        if (_free.TryPop(out var slot))
        {
            return slot;
        }

        if (_slots.Count == JournalLayout.Slots)
        {
            return null;
        }

        slot = new JournalSlot(file, _slots.Count);
        _slots.Add(slot);
        return slot;
    }
}
