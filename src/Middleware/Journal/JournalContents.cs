using System.Buffers.Binary;

namespace LlmTracing.Middleware.Journal;

/// <summary>What is in the journal of a process that is no more.</summary>
/// <param name="Records">The spans whose records are whole.</param>
/// <param name="Corrupt">How many records are not.</param>
internal sealed record JournalContents(IReadOnlyList<SpanRecord> Records, int Corrupt)
{
    /// <summary>Reads a journal, which may be cut off or damaged anywhere.</summary>
    public static JournalContents Read(Stream journal)
    {
        var records = new List<SpanRecord>();
        var freed = new HashSet<int>();
        var corrupt = 0;
        var buffer = new byte[JournalLayout.SlotSize];
        for (var slot = 0; slot < JournalLayout.Slots; slot++)
        {
            // What was cut off is as if it were empty.
            Array.Clear(buffer);
            var length = journal.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length == 0)
            {
                break;
            }

            var mark = BinaryPrimitives.ReadInt64LittleEndian(buffer);
            if (mark == JournalLayout.Free && length == buffer.Length)
            {
                freed.Add(slot);
            }
            else if (ReadSlot(slot, buffer, JournalLayout.Mark(mark)) is { } record)
            {
                records.Add(record);
            }
            else
            {
                corrupt++;
            }
        }

        // The process died between freeing the root, when its transaction had been handed on, and this span.
        records.RemoveAll(record => freed.Contains(record.Root.Slot));
        return new(records, corrupt);
    }

    private static SpanRecord? ReadSlot(int slot, ReadOnlySpan<byte> bytes, long generation)
    {
        var record = JournalCopy.Latest(bytes, slot, JournalLayout.RecordOffset, JournalLayout.RecordSize, generation, out _);
        if (record.IsEmpty)
        {
            return null;
        }

        try
        {
            var reader = new ByteReader(record);
            return SpanRecordReader.Read(slot, ref reader, ProgressIn(slot, bytes, generation));
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidDataException)
        {
            // A file that only looks like a journal: its checksums are right, and its content is not ours.
            return null;
        }
    }

    private static StreamProgress? ProgressIn(int slot, ReadOnlySpan<byte> bytes, long generation)
    {
        var content = JournalCopy.Latest(
            bytes, slot, JournalLayout.ProgressOffset, JournalLayout.ProgressSize, generation, out var sequence);
        if (content.IsEmpty)
        {
            return null;
        }

        var reader = new ByteReader(content);
        var progress = StreamProgress.Read(ref reader);
        return LifeSign.Latest(bytes, slot, generation, sequence) is { } sign ? progress.At(sign) : progress;
    }
}
