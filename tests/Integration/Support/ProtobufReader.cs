using System.Buffers.Binary;
using System.Text;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Reads one protobuf message, field by field. What is no protobuf throws.</summary>
/// <remarks>https://protobuf.dev/programming-guides/encoding/</remarks>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;
    private WireType _type;

    private enum WireType
    {
        Varint = 0,
        Fixed64 = 1,
        Length = 2,
        Fixed32 = 5,
    }

    /// <summary>Gets the number of the field that is next to be read or skipped.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field; the one before must have been read or skipped.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var tag = Varint();
        (Field, _type) = ((int)(tag >> 3), (WireType)(tag & 7));
        return true;
    }

    public ulong Number() => _type switch
    {
        WireType.Varint => Varint(),
        WireType.Fixed64 => BinaryPrimitives.ReadUInt64LittleEndian(Take(8)),
        WireType.Fixed32 => BinaryPrimitives.ReadUInt32LittleEndian(Take(4)),
        _ => throw new InvalidDataException($"Field {Field} is no number."),
    };

    /// <summary>Gives a string's, a message's or an array's own bytes.</summary>
    public ReadOnlySpan<byte> Bytes() => _type == WireType.Length
        ? Take(checked((int)Varint()))
        : throw new InvalidDataException($"Field {Field} has no length.");

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public string Hex() => Convert.ToHexStringLower(Bytes());

    public void Skip()
    {
        if (_type == WireType.Length)
        {
            Bytes();
        }
        else
        {
            Number();
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number has more than ten bytes.");
    }
}
