using System.Text;

namespace LlmTracing.Middleware.Journal;

/// <summary>Writes attributes to a record and reads them back: texts, numbers, booleans and lists of texts.</summary>
internal static class AttributeRecord
{
    // What identifies something is shorter; what is longer is content, and must not take the room of other attributes.
    private const int MostTextBytes = 512;
    private const int MostKeyBytes = 128;

    // The type of a value, its length, and the largest number.
    private const int MostFixedBytes = 16;

    private enum Kind : byte
    {
        Text = 1,
        Int = 2,
        Long = 3,
        Double = 4,
        Bool = 5,
        Texts = 6,
    }

    /// <summary>Writes one, if there is room for it and it is of such a type.</summary>
    public static bool TryWrite(ref ByteWriter record, string key, object? value)
    {
        var keyBytes = Encoding.UTF8.GetByteCount(key);
        if (keyBytes > MostKeyBytes || record.Room < keyBytes + MostFixedBytes)
        {
            return false;
        }

        var start = record.Position;
        record.Write(key, MostKeyBytes);
        if (TryWriteValue(ref record, value))
        {
            return true;
        }

        record.Position = start;
        return false;
    }

    public static KeyValuePair<string, object?> Read(ref ByteReader record)
    {
        var key = record.ReadText();
        return new(key, (Kind)record.ReadByte() switch
        {
            Kind.Text => record.ReadText(),
            Kind.Int => record.ReadInt32(),
            Kind.Long => record.ReadInt64(),
            Kind.Double => BitConverter.Int64BitsToDouble(record.ReadInt64()),
            Kind.Bool => record.ReadBool(),
            Kind.Texts => ReadTexts(ref record),
            var other => throw new InvalidDataException($"No attribute is of the type {other}."),
        });
    }

    private static bool TryWriteValue(ref ByteWriter record, object? value)
    {
        switch (value)
        {
            case string text:
                record.Write((byte)Kind.Text);
                record.Write(text, MostTextBytes);
                return true;
            case bool flag:
                record.Write((byte)Kind.Bool);
                record.Write(flag);
                return true;
            case int number:
                record.Write((byte)Kind.Int);
                record.Write(number);
                return true;
            case long number:
                return TryWriteLong(ref record, number);
            case short or ushort or byte or sbyte or uint:
                return TryWriteLong(ref record, Convert.ToInt64(value, null));
            case double or float or decimal or ulong:
                record.Write((byte)Kind.Double);
                record.Write(BitConverter.DoubleToInt64Bits(Convert.ToDouble(value, null)));
                return true;
            case string[] texts:
                return TryWriteTexts(ref record, texts);
            default:
                return false;
        }
    }

    private static bool TryWriteLong(ref ByteWriter record, long number)
    {
        record.Write((byte)Kind.Long);
        record.Write(number);
        return true;
    }

    private static bool TryWriteTexts(ref ByteWriter record, string?[] texts)
    {
        // All or none: a list with fewer elements would say something else.
        var needed = MostFixedBytes;
        foreach (var text in texts)
        {
            needed += sizeof(ushort) + Encoding.UTF8.GetByteCount(text ?? "");
        }

        if (needed > record.Room || needed > 2 * MostTextBytes)
        {
            return false;
        }

        record.Write((byte)Kind.Texts);
        record.Write((ushort)texts.Length);
        foreach (var text in texts)
        {
            record.Write(text, MostTextBytes * 2);
        }

        return true;
    }

    private static string[] ReadTexts(ref ByteReader record)
    {
        var texts = new string[record.ReadUInt16()];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = record.ReadText();
        }

        return texts;
    }
}
