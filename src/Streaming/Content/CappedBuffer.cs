using System.Buffers;

namespace LlmTracing.Streaming.Content;

/// <summary>Takes bytes until it has enough, and then ends whoever writes them.</summary>
internal sealed class CappedBuffer(int enough) : IBufferWriter<byte>
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Gets what was written, up to the last whole character.</summary>
    public ReadOnlySpan<byte> Written
    {
        get
        {
            var written = _bytes.WrittenSpan;
            while (written is [.., >= 0x80] && System.Text.Rune.DecodeLastFromUtf8(written, out _, out var length) != OperationStatus.Done)
            {
                written = written[..^length];
            }

            return written;
        }
    }

    public void Advance(int count) => _bytes.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        ThrowIfEnough();
        return _bytes.GetMemory(sizeHint);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        ThrowIfEnough();
        return _bytes.GetSpan(sizeHint);
    }

    private void ThrowIfEnough()
    {
        if (_bytes.WrittenCount > enough)
        {
            throw new FullException();
        }
    }

    /// <summary>Ends the writing; the serializer knows no other way.</summary>
    internal sealed class FullException : Exception;
}
