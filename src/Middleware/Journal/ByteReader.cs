using System.Buffers.Binary;
using System.Text;

namespace LlmTracing.Middleware.Journal;

/// <summary>Reads back what a <see cref="ByteWriter"/> wrote.</summary>
/// <exception cref="ArgumentOutOfRangeException">Every read: there is less than it wants.</exception>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly int Rest => _rest.Length;

    public byte ReadByte() => Next(1)[0];

    public bool ReadBool() => ReadByte() != 0;

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Next(sizeof(ushort)));

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Next(sizeof(int)));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Next(sizeof(long)));

    public string ReadText() => Encoding.UTF8.GetString(Next(ReadUInt16()));

    public ReadOnlySpan<byte> Next(int count)
    {
        var next = _rest[..count];
        _rest = _rest[count..];
        return next;
    }
}
