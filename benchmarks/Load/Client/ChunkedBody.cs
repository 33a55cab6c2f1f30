namespace LlmTracing.Benchmarks.Load.Client;

/// <summary>Counts a body that comes in HTTP/1.1's own chunks, and sees its end: https://www.rfc-editor.org/rfc/rfc9112#section-7.1.</summary>
internal sealed class ChunkedBody
{
    private long _left;
    private long _size;
    private bool _isLast;

    public long Length { get; private set; }

    /// <summary>Takes what came, and says whether the body is complete.</summary>
    public bool Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_left > 0)
            {
                var taken = (int)Math.Min(_left, bytes.Length);
                _left -= taken;
                bytes = bytes[taken..];
                continue;
            }

            if (bytes[0] == '\n')
            {
                // A line ends each chunk too, and the last one, which is empty.
                (_isLast, _left, Length, _size) = (_size == 0, _size + 2, Length + _size, 0);
            }
            else if (bytes[0] != '\r')
            {
                _size = (_size * 16) + ValueOf(bytes[0]);
            }

            bytes = bytes[1..];
        }

        return _isLast && _left == 0;
    }

    private static int ValueOf(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
