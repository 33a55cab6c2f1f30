using System.Text;

namespace LlmTracing.Benchmarks.Micro.Readers;

/// <summary>The body of a response that never waits, one event or line at each read.</summary>
internal sealed class RepeatedEvent(string first, string next, int count) : Stream
{
    private readonly (byte[] First, byte[] Next) _events = (Encoding.UTF8.GetBytes(first), Encoding.UTF8.GetBytes(next));
    private int _given;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Give(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Give(buffer.Span));

    public override void Flush()
    {
        // Nothing is written to it.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Give(Span<byte> buffer)
    {
        if (_given == count)
        {
            return 0;
        }

        var bytes = _given++ == 0 ? _events.First : _events.Next;
        bytes.CopyTo(buffer);
        return bytes.Length;
    }
}
