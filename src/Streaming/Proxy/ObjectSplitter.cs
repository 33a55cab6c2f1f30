using System.Buffers;

namespace LlmTracing.Streaming.Proxy;

/// <summary>Cuts bytes, which come in any pieces, into JSON objects: one alone, the elements of an array, or one after the other.</summary>
/// <remarks>It counts brackets, and leaves it to the readers whether what stands between them is JSON.</remarks>
/// <param name="mostBytes">What is held of one object at most. A larger one is passed over.</param>
internal sealed class ObjectSplitter(int mostBytes = 1024 * 1024) : IPayloadSplitter
{
    private const int FirstCapacity = 4 * 1024;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("{}\""u8);
    private static readonly SearchValues<byte> EndOrEscape = SearchValues.Create("\"\\"u8);

    private byte[] _held = [];
    private int _length;
    private int _depth;
    private bool _isInText;
    private bool _isEscaped;
    private bool _isPassedOver;

    public int PassedOver { get; private set; }

    // What was cut off is no object.
    public ReadOnlySpan<byte> LastLine => default;

    public bool TryTake(ref ReadOnlySpan<byte> piece, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        while (!piece.IsEmpty)
        {
            if (_depth == 0)
            {
                // The brackets of the array and the commas in it, and the line breaks between objects, are none of theirs.
                var start = piece.IndexOf((byte)'{');
                piece = start < 0 ? default : piece[start..];
                _length = 0;
                _isPassedOver = false;
            }

            var count = FindEnd(piece);
            var part = piece[..count];
            var isWhole = _depth == 0 && count > 0;
            piece = piece[count..];
            if (isWhole && _length == 0 && !_isPassedOver)
            {
                payload = part;
                return true;
            }

            Hold(part);
            if (isWhole && !_isPassedOver)
            {
                payload = _held.AsSpan(0, _length);
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        Return(_held);
        _held = [];
        _length = 0;
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Gives how much of it belongs to the object that has begun.
    private int FindEnd(ReadOnlySpan<byte> piece)
    {
        for (var at = 0; at < piece.Length; at++)
        {
            if (_isEscaped)
            {
                _isEscaped = false;
                continue;
            }

            var next = piece[at..].IndexOfAny(_isInText ? EndOrEscape : Structure);
            if (next < 0)
            {
                return piece.Length;
            }

            at += next;
            if (Pass(piece[at]))
            {
                return at + 1;
            }
        }

        return piece.Length;
    }

    private bool Pass(byte mark)
    {
        switch (mark)
        {
            case (byte)'\\':
                _isEscaped = true;
                return false;
            case (byte)'"':
                _isInText = !_isInText;
                return false;
            case (byte)'{':
                _depth++;
                return false;
            default:
                return --_depth == 0;
        }
    }

    private void Hold(ReadOnlySpan<byte> part)
    {
        if (_isPassedOver || _length + part.Length > mostBytes)
        {
            PassedOver += _isPassedOver ? 0 : 1;
            _isPassedOver = true;
            return;
        }

        if (_length + part.Length > _held.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(
                Math.Max(FirstCapacity, Math.Max(2 * _held.Length, _length + part.Length)));
            _held.AsSpan(0, _length).CopyTo(larger);
            Return(_held);
            _held = larger;
        }

        part.CopyTo(_held.AsSpan(_length));
        _length += part.Length;
    }
}
