namespace LlmTracing.Tests.Integration.Support;

/// <summary>A response body that holds the writes whose numbers the gates have, from 1 on, until the test lets them go.</summary>
internal sealed class GatedBody(Stream body, IReadOnlyList<ScriptGate> gates, CancellationToken aborted) : Stream
{
    private int _writes;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => throw new NotSupportedException();

    public override Task FlushAsync(CancellationToken cancellationToken) => body.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var number = Interlocked.Increment(ref _writes);
        if (gates.FirstOrDefault(gate => gate.AfterChunks == number) is { } gate)
        {
            await gate.PassAsync(aborted);
        }

        await body.WriteAsync(buffer, cancellationToken);
    }
}
