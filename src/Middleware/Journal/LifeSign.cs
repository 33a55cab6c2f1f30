using System.Buffers.Binary;

namespace LlmTracing.Middleware.Journal;

/// <summary>When a stream had its last chunk, and which it was: what changes with each, in as few bytes as can be.</summary>
/// <param name="At">When it came, in UTC.</param>
/// <param name="Chunks">How many chunks came.</param>
internal readonly record struct LifeSign(DateTimeOffset At, long Chunks)
{
    private const int AtAt = 8;
    private const int SequenceAt = 16;
    private const int ChecksumAt = 20;

    /// <summary>Writes it with a checksum, under which is also what it belongs to.</summary>
    /// <param name="copy">Where to.</param>
    /// <param name="index">That of the slot.</param>
    /// <param name="generation">What the slot is for.</param>
    /// <param name="progress">Which progress it goes on from: with an older one it would say what never was.</param>
    /// <param name="sequence">Which sign of its span it is.</param>
    public void Write(Span<byte> copy, int index, long generation, long progress, long sequence)
    {
        BinaryPrimitives.WriteInt64LittleEndian(copy, Chunks);
        BinaryPrimitives.WriteInt64LittleEndian(copy[AtAt..], At.UtcTicks);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[SequenceAt..], (uint)sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[ChecksumAt..], Checksum(copy, index, generation, progress));
    }

    /// <summary>Finds the later of two copies among those that are whole and belong there.</summary>
    public static LifeSign? Latest(ReadOnlySpan<byte> slot, int index, long generation, long progress)
    {
        var first = slot.Slice(JournalLayout.SignCopy(0), JournalLayout.SignSize);
        var second = slot.Slice(JournalLayout.SignCopy(1), JournalLayout.SignSize);
        var (isFirst, isSecond) = (IsWhole(first), IsWhole(second));
        var latest = isFirst && (!isSecond || SequenceOf(first) > SequenceOf(second)) ? first : second;
        return isFirst || isSecond
            ? new(
                new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(latest[AtAt..]), TimeSpan.Zero),
                BinaryPrimitives.ReadInt64LittleEndian(latest))
            : null;

        bool IsWhole(ReadOnlySpan<byte> copy) =>
            BinaryPrimitives.ReadUInt32LittleEndian(copy[ChecksumAt..]) == Checksum(copy, index, generation, progress);
    }

    private static uint SequenceOf(ReadOnlySpan<byte> copy) => BinaryPrimitives.ReadUInt32LittleEndian(copy[SequenceAt..]);

    private static uint Checksum(ReadOnlySpan<byte> copy, int index, long generation, long progress) =>
        JournalChecksum.Of(copy[..ChecksumAt], index, generation, progress);
}
