using System.Buffers.Binary;
using System.Text.Unicode;

namespace LlmTracing.Middleware.Journal;

/// <summary>Writes values one after the other, as long as there is room.</summary>
internal ref struct ByteWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Position { get; set; }

    /// <summary>Gets or sets what is kept free at the end for later.</summary>
    public int Reserved { get; set; }

    /// <summary>Gets what is written, up to <see cref="Position"/>.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[..Position];

    public readonly int Room => Math.Max(0, _buffer.Length - Position - Reserved);

    public void Write(byte value) => _buffer[Position++] = value;

    public void Write(bool value) => Write(value ? (byte)1 : (byte)0);

    public void Write(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer[Position..], value);
        Position += sizeof(ushort);
    }

    public void Write(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer[Position..], value);
        Position += sizeof(int);
    }

    public void Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer[Position..], value);
        Position += sizeof(long);
    }

    /// <summary>Writes text with its length, cut at a character where it is longer than allowed or than the room.</summary>
    public void Write(ReadOnlySpan<char> text, int mostBytes)
    {
        var lengthAt = Position;
        Position += sizeof(ushort);
        var most = Math.Min(mostBytes, Room);

        // It stops before a character that does not fit whole.
        Utf8.FromUtf16(text, _buffer.Slice(Position, most), out _, out var written);
        Position += written;
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer[lengthAt..], (ushort)written);
    }

    public readonly Span<byte> Next(int count) => _buffer.Slice(Position, count);
}
