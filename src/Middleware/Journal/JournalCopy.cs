using System.Buffers.Binary;

namespace LlmTracing.Middleware.Journal;

/// <summary>One copy of a record or of a progress: a head with a checksum, and the content.</summary>
internal static class JournalCopy
{
    private const int LengthAt = 4;
    private const int GenerationAt = 8;
    private const int SequenceAt = 16;

    /// <summary>Writes the head before a content that is there already.</summary>
    /// <param name="copy">Head and content, no longer than they are.</param>
    /// <param name="index">That of the slot, which is under the checksum: a copy of it elsewhere in the file is none.</param>
    /// <param name="generation">What the slot is for.</param>
    /// <param name="sequence">Which write to the slot it is.</param>
    public static void Seal(Span<byte> copy, int index, long generation, long sequence)
    {
        BinaryPrimitives.WriteInt32LittleEndian(copy[LengthAt..], copy.Length - JournalLayout.HeadSize);
        BinaryPrimitives.WriteInt64LittleEndian(copy[GenerationAt..], generation);
        BinaryPrimitives.WriteInt64LittleEndian(copy[SequenceAt..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(copy, JournalChecksum.Of(copy[LengthAt..], index));
    }

    /// <summary>Finds the later of two copies among those that are whole.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="index">That of the slot.</param>
    /// <param name="offset">Where the first copy is.</param>
    /// <param name="size">The room of each.</param>
    /// <param name="generation">What the slot is for now.</param>
    /// <param name="sequence">Which write it was.</param>
    /// <returns>The content, or nothing where neither is whole.</returns>
    public static ReadOnlySpan<byte> Latest(
        ReadOnlySpan<byte> slot, int index, int offset, int size, long generation, out long sequence)
    {
        var first = slot.Slice(offset, size);
        var second = slot.Slice(offset + size, size);
        var (isFirst, isSecond) = (IsWhole(first, index, generation), IsWhole(second, index, generation));
        var latest = isFirst && (!isSecond || SequenceOf(first) > SequenceOf(second)) ? first : second;
        sequence = SequenceOf(latest);
        return isFirst || isSecond ? latest.Slice(JournalLayout.HeadSize, LengthOf(latest)) : default;
    }

    private static bool IsWhole(ReadOnlySpan<byte> copy, int index, long generation)
    {
        var length = LengthOf(copy);
        return length > 0
            && length <= copy.Length - JournalLayout.HeadSize
            && BinaryPrimitives.ReadInt64LittleEndian(copy[GenerationAt..]) == generation
            && BinaryPrimitives.ReadUInt32LittleEndian(copy)
                == JournalChecksum.Of(copy[LengthAt..(JournalLayout.HeadSize + length)], index);
    }

    private static int LengthOf(ReadOnlySpan<byte> copy) => BinaryPrimitives.ReadInt32LittleEndian(copy[LengthAt..]);

    private static long SequenceOf(ReadOnlySpan<byte> copy) => BinaryPrimitives.ReadInt64LittleEndian(copy[SequenceAt..]);
}
