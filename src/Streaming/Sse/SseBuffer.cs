using System.Buffers;
using System.IO.Pipelines;

namespace LlmTracing.Streaming.Sse;

/// <summary>Gathers frames, and hands them to the response together: each call of the server's own writer takes a lock.</summary>
/// <remarks>It has memory only while it holds something: most streams wait for their next chunk most of the time.</remarks>
internal sealed class SseBuffer(PipeWriter output) : IBufferWriter<byte>
{
    private const int Smallest = 256;

    private byte[] _bytes = [];
    private int _length;
    private int _expected = Smallest;
    private long _handedOver;

    /// <summary>Gets how many bytes were written and not yet flushed.</summary>
    public long Unflushed => _handedOver + _length;

    /// <summary>Gets or sets how many bytes are held here; less than before takes back what was written last.</summary>
    public int Length
    {
        get => _length;
        set => _length = value;
    }

    /// <summary>Gets what is held here.</summary>
    public ReadOnlySpan<byte> Held => _bytes.AsSpan(0, _length);

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_bytes.Length - _length < Math.Max(sizeHint, 1))
        {
            Grow(sizeHint);
        }

        return _bytes.AsSpan(_length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        GetSpan(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public void Advance(int count) => _length += count;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Hands bytes on without holding them here.</summary>
    public void PassOn(ReadOnlySpan<byte> bytes)
    {
        HandOver();
        output.Write(bytes);
        _handedOver += bytes.Length;
    }

    /// <inheritdoc cref="SseFrameWriter.FlushAsync"/>
    public ValueTask<FlushResult> FlushAsync()
    {
        HandOver();
        _handedOver = 0;
        return output.FlushAsync();
    }

    private void HandOver()
    {
        if (_length == 0)
        {
            return;
        }

        // What comes is mostly as much as what came.
        (_handedOver, _expected) = (_handedOver + _length, Math.Max(Smallest, _length));
        try
        {
            output.Write(Held);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            (_bytes, _length) = ([], 0);
        }
    }

    private void Grow(int sizeHint)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length == 0 ? _expected : 2 * _length, _length + sizeHint));
        Held.CopyTo(larger);
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        _bytes = larger;
    }
}
