using System.Numerics;
using System.Runtime.InteropServices;

namespace LlmTracing.Middleware.Journal;

/// <summary>Tells bytes that are whole from others, by CRC-32C, for which processors have an instruction.</summary>
internal static class JournalChecksum
{
    /// <summary>Gives the checksum of bytes, and of what they belong to: elsewhere they are none.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes, int index, long generation = 0, long sequence = 0)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, (uint)index);
        crc = BitOperations.Crc32C(BitOperations.Crc32C(crc, (ulong)generation), (ulong)sequence);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);

        // Four at a time, each over every fourth word: the instruction can begin anew long before it has a result.
        uint second = 1, third = 2, fourth = 3;
        var at = 0;
        for (; at + 4 <= words.Length; at += 4)
        {
            crc = BitOperations.Crc32C(crc, words[at]);
            second = BitOperations.Crc32C(second, words[at + 1]);
            third = BitOperations.Crc32C(third, words[at + 2]);
            fourth = BitOperations.Crc32C(fourth, words[at + 3]);
        }

        crc = BitOperations.Crc32C(BitOperations.Crc32C(crc, second), (((ulong)third) << 32) | fourth);
        foreach (var word in words[at..])
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (var one in bytes[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }
}
