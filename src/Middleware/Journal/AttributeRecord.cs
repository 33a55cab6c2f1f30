using System.Text;

namespace LlmTracing.Middleware.Journal;

/// <summary>Writes attributes to a record and reads them back: texts, numbers, booleans, times, ids and lists.</summary>
internal static class AttributeRecord
{
    private const int MostKeyBytes = 128;
    private const int MostBytesOfChar = 3;

    // The type of a value and the largest that has one size; of a list or a text its length.
    private const int MostFixedBytes = 24;

    /// <summary>Writes one, if there is room for it and it is of such a type.</summary>
    public static bool TryWrite(ref ByteWriter record, string key, object? value)
    {
        if (!HasRoom(record, key))
        {
            return false;
        }

        var start = record.Position;
        record.Write(key, MostKeyBytes);
        var isWritten = value switch
        {
            string text => AttributeText.TryWrite(ref record, text),
            Uri address => AttributeText.TryWrite(ref record, address.OriginalString),
            _ => TryWriteNumber(ref record, value) || TryWriteOther(ref record, value) || AttributeList.TryWrite(ref record, value),
        };
        if (!isWritten)
        {
            record.Position = start;
        }

        return isWritten;
    }

    public static KeyValuePair<string, object?> Read(ref ByteReader record)
    {
        var key = record.ReadText();
        var kind = (AttributeKind)record.ReadByte();
        return new(key, kind switch
        {
            AttributeKind.Text => record.ReadText(),
            AttributeKind.Int => record.ReadInt32(),
            AttributeKind.Long => record.ReadInt64(),
            AttributeKind.Unsigned => (ulong)record.ReadInt64(),
            AttributeKind.Double => BitConverter.Int64BitsToDouble(record.ReadInt64()),
            AttributeKind.Float => BitConverter.Int32BitsToSingle(record.ReadInt32()),
            AttributeKind.Decimal => new decimal(
                [record.ReadInt32(), record.ReadInt32(), record.ReadInt32(), record.ReadInt32()]),
            AttributeKind.Bool => record.ReadBool(),
            AttributeKind.Guid => new Guid(record.Next(16)),
            AttributeKind.Time => new DateTimeOffset(record.ReadInt64(), new TimeSpan(record.ReadInt64())),
            AttributeKind.DateTime => new DateTime(record.ReadInt64(), (DateTimeKind)record.ReadByte()),
            _ => AttributeList.Read(ref record, kind),
        });
    }

    private static bool HasRoom(in ByteWriter record, string key)
    {
        var most = MostBytesOfChar * key.Length;
        if (most > MostKeyBytes || most > record.Room - MostFixedBytes)
        {
            most = Encoding.UTF8.GetByteCount(key);
        }

        return most <= MostKeyBytes && most <= record.Room - MostFixedBytes;
    }

    private static bool TryWriteNumber(ref ByteWriter record, object? value)
    {
        switch (value)
        {
            case int number:
                record.Write((byte)AttributeKind.Int);
                record.Write(number);
                return true;
            case long number:
                return Write(ref record, AttributeKind.Long, number);
            case short or ushort or byte or sbyte or uint:
                return Write(ref record, AttributeKind.Long, Convert.ToInt64(value, null));
            case ulong number:
                return Write(ref record, AttributeKind.Unsigned, (long)number);
            case double number:
                return Write(ref record, AttributeKind.Double, BitConverter.DoubleToInt64Bits(number));
            case float number:
                record.Write((byte)AttributeKind.Float);
                record.Write(BitConverter.SingleToInt32Bits(number));
                return true;
            case decimal number:
                Write(ref record, number);
                return true;
            default:
                return false;
        }
    }

    private static bool TryWriteOther(ref ByteWriter record, object? value)
    {
        switch (value)
        {
            case bool flag:
                record.Write((byte)AttributeKind.Bool);
                record.Write(flag);
                return true;
            case Guid id:
                record.Write((byte)AttributeKind.Guid);
                id.TryWriteBytes(record.Next(16));
                record.Position += 16;
                return true;
            case DateTimeOffset time:
                Write(ref record, AttributeKind.Time, time.Ticks);
                record.Write(time.Offset.Ticks);
                return true;
            case DateTime time:
                Write(ref record, AttributeKind.DateTime, time.Ticks);
                record.Write((byte)time.Kind);
                return true;
            default:
                return false;
        }
    }

    private static bool Write(ref ByteWriter record, AttributeKind kind, long value)
    {
        record.Write((byte)kind);
        record.Write(value);
        return true;
    }

    private static void Write(ref ByteWriter record, decimal number)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(number, bits);
        record.Write((byte)AttributeKind.Decimal);
        foreach (var part in bits)
        {
            record.Write(part);
        }
    }
}
