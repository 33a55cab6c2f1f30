using System.Buffers;

namespace LlmTracing.Middleware.Journal;

/// <summary>One slot of a journal. It serves one span after another, each by a generation of its own.</summary>
/// <remarks>
/// Who still has it for an earlier span, as a stream that outlives its transaction may, writes nothing any more.
/// </remarks>
internal sealed class JournalSlot(JournalFile file, int index)
{
    private const long Closed = 0;

    private readonly Lock _gate = new();
    private long _generation;
    private long _records;
    private long _progresses;
    private long _signs;

    public int Index => index;

    /// <summary>Gives the slot to a span; it is in the file with its first record.</summary>
    public void Open(long generation)
    {
        lock (_gate)
        {
            (_generation, _records, _progresses, _signs) = (generation, 0, 0, 0);
        }
    }

    public void Write(long generation, SpanEntry entry, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_generation != generation)
            {
                return;
            }

            // Not on the stack, which would be cleared first: that took half as long as writing the record.
            var buffer = ArrayPool<byte>.Shared.Rent(JournalLayout.RecordSize);
            try
            {
                var record = new ByteWriter(buffer.AsSpan(JournalLayout.HeadSize..JournalLayout.RecordSize));
                SpanRecordWriter.Write(ref record, entry, now);
                var copy = buffer.AsSpan(0, JournalLayout.HeadSize + record.Position);
                JournalCopy.Seal(copy, index, generation, ++_records);
                file.Write(index, JournalLayout.RecordCopy(_records), copy);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            if (_records == 1)
            {
                file.WriteMark(index, JournalLayout.Mark(generation));
            }
        }
    }

    public void Write(long generation, in StreamProgress progress)
    {
        lock (_gate)
        {
            if (_generation != generation)
            {
                return;
            }

            Span<byte> copy = stackalloc byte[JournalLayout.ProgressSize];
            var content = new ByteWriter(copy[JournalLayout.HeadSize..]);
            progress.Write(ref content);
            copy = copy[..(JournalLayout.HeadSize + content.Position)];
            JournalCopy.Seal(copy, index, generation, ++_progresses);
            file.Write(index, JournalLayout.ProgressCopy(_progresses), copy);
        }
    }

    /// <summary>Writes how far the stream has come where it has told nothing else since its progress was written.</summary>
    public void Write(long generation, in LifeSign sign)
    {
        lock (_gate)
        {
            if (_generation != generation)
            {
                return;
            }

            Span<byte> copy = stackalloc byte[JournalLayout.SignSize];
            sign.Write(copy, index, generation, _progresses, ++_signs);
            file.Write(index, JournalLayout.SignCopy(_signs), copy);
        }
    }

    /// <summary>Takes the span out of the file.</summary>
    public void Clear(long generation)
    {
        lock (_gate)
        {
            if (_generation == generation)
            {
                _generation = Closed;
                file.WriteMark(index, JournalLayout.Free);
            }
        }
    }

    /// <summary>Ends all writing, for the file is about to be closed.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _generation = Closed;
        }
    }
}
