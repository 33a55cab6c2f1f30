using System.Buffers.Binary;

namespace LlmTracing.Middleware.Journal;

/// <summary>When a stream had its last chunk, and which it was: what changes with each, in as few bytes as can be.</summary>
/// <param name="At">When it came, in UTC.</param>
/// <param name="Chunks">How many chunks came.</param>
internal readonly record struct LifeSign(DateTimeOffset At, long Chunks)
{
    private const int AtAt = 8;
    private const int ChecksumAt = 16;

    /// <summary>Writes it with a checksum, under which is also what it belongs to.</summary>
    /// <param name="copy">Where to.</param>
    /// <param name="index">That of the slot.</param>
    /// <param name="generation">What the slot is for.</param>
    /// <param name="progress">Which progress it goes on from: with an older one it would say what never was.</param>
    public void Write(Span<byte> copy, int index, long generation, long progress)
    {
        BinaryPrimitives.WriteInt64LittleEndian(copy, Chunks);
        BinaryPrimitives.WriteInt64LittleEndian(copy[AtAt..], At.UtcTicks);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[ChecksumAt..], Checksum(copy, index, generation, progress));
    }

    /// <summary>Finds the later of two copies among those that are whole and belong there.</summary>
    public static LifeSign? Latest(ReadOnlySpan<byte> slot, int index, long generation, long progress)
    {
        LifeSign? latest = null;
        for (var sequence = 0; sequence < 2; sequence++)
        {
            var copy = slot.Slice(JournalLayout.SignCopy(sequence), JournalLayout.SignSize);
            if (BinaryPrimitives.ReadUInt32LittleEndian(copy[ChecksumAt..]) != Checksum(copy, index, generation, progress))
            {
                continue;
            }

            var (chunks, ticks) = (BinaryPrimitives.ReadInt64LittleEndian(copy), BinaryPrimitives.ReadInt64LittleEndian(copy[AtAt..]));
            if (latest is null || chunks > latest.Value.Chunks)
            {
                latest = new(new DateTimeOffset(ticks, TimeSpan.Zero), chunks);
            }
        }

        return latest;
    }

    private static uint Checksum(ReadOnlySpan<byte> copy, int index, long generation, long progress) =>
        JournalChecksum.Of(copy[..ChecksumAt], index, generation, progress);
}
