using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LlmTracing.Middleware.Journal;

/// <summary>Writes lists to a record, all of one or none, and reads them back as arrays.</summary>
internal static class AttributeList
{
    public const int MostBytes = 1024;

    /// <summary>Writes a list, if there is room for it and it is of such a type: not one that is the app's own code.</summary>
    public static bool TryWrite(ref ByteWriter record, object? value) => value switch
    {
        string[] items => AttributeText.TryWrite(ref record, items),
        List<string> items => AttributeText.TryWrite(ref record, CollectionsMarshal.AsSpan(items)),

        // The runtime takes an array of an unsigned type, or of an enum, for one of these.
        int[] items when items.GetType() == typeof(int[]) => TryWrite<int>(ref record, AttributeKind.Ints, items),
        List<int> items => TryWrite<int>(ref record, AttributeKind.Ints, CollectionsMarshal.AsSpan(items)),
        long[] items when items.GetType() == typeof(long[]) => TryWrite<long>(ref record, AttributeKind.Longs, items),
        List<long> items => TryWrite<long>(ref record, AttributeKind.Longs, CollectionsMarshal.AsSpan(items)),
        double[] items => TryWrite<double>(ref record, AttributeKind.Doubles, items),
        List<double> items => TryWrite<double>(ref record, AttributeKind.Doubles, CollectionsMarshal.AsSpan(items)),
        bool[] items => TryWrite<bool>(ref record, AttributeKind.Bools, items),
        List<bool> items => TryWrite<bool>(ref record, AttributeKind.Bools, CollectionsMarshal.AsSpan(items)),
        _ => false,
    };

    public static object? Read(ref ByteReader record, AttributeKind kind) => kind switch
    {
        AttributeKind.Texts => AttributeText.ReadList(ref record),
        AttributeKind.Ints => Read<int>(ref record),
        AttributeKind.Longs => Read<long>(ref record),
        AttributeKind.Doubles => Read<double>(ref record),
        AttributeKind.Bools => Array.ConvertAll(Read<byte>(ref record), static item => item != 0),
        _ => throw new InvalidDataException($"No attribute is of the type {kind}."),
    };

    // As the machine has them: it is the one that reads them again.
    private static bool TryWrite<T>(ref ByteWriter record, AttributeKind kind, ReadOnlySpan<T> items)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(items);
        if (sizeof(byte) + sizeof(ushort) + bytes.Length > Math.Min(record.Room, MostBytes))
        {
            return false;
        }

        record.Write((byte)kind);
        record.Write((ushort)bytes.Length);
        bytes.CopyTo(record.Next(bytes.Length));
        record.Position += bytes.Length;
        return true;
    }

    private static T[] Read<T>(ref ByteReader record)
        where T : unmanaged
    {
        var bytes = record.Next(record.ReadUInt16());
        var items = new T[bytes.Length / Unsafe.SizeOf<T>()];
        bytes.CopyTo(MemoryMarshal.AsBytes(items.AsSpan()));
        return items;
    }
}
