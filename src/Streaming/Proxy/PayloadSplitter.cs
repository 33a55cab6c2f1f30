using System.Buffers;

namespace LlmTracing.Streaming.Proxy;

/// <summary>Cuts bytes, which come in any pieces, into the data of whole events, or into lines.</summary>
/// <remarks>
/// Events are those of https://html.spec.whatwg.org/multipage/server-sent-events.html. Only what a piece leaves unfinished is
/// copied, and data of several lines.
/// </remarks>
/// <param name="isLines">Whether each line stands for itself, as in NDJSON.</param>
/// <param name="mostBytes">What is held of one event at most. A larger one is passed over.</param>
internal sealed class PayloadSplitter(bool isLines, int mostBytes = 1024 * 1024) : IPayloadSplitter
{
    private const byte CarriageReturn = (byte)'\r';
    private const byte LineFeed = (byte)'\n';
    private const int FirstCapacity = 4 * 1024;

    // The data of the event so far, its lines joined, and after it the line that has begun.
    private byte[] _held = [];
    private int _data;
    private int _length;
    private bool _hasData;
    private bool _lineBegan;
    private bool _isPassedOver;
    private bool _skipsLineFeed;
    private int _markBytes;

    public int PassedOver { get; private set; }

    public ReadOnlySpan<byte> LastLine => isLines && !_isPassedOver ? _held.AsSpan(0, _length) : default;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public bool TryTake(ref ReadOnlySpan<byte> piece, out ReadOnlySpan<byte> payload)
    {
        SkipByteOrderMark(ref piece);
        while (TryTakeLine(ref piece, out var line, out var isBlank))
        {
            if (isLines ? IsPayload(line, out payload) : EndsEvent(line, isBlank, piece, out payload))
            {
                return true;
            }
        }

        payload = default;
        return false;
    }

    public void Dispose()
    {
        Return(_held);
        _held = [];
        _data = _length = 0;
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void SkipByteOrderMark(ref ReadOnlySpan<byte> piece)
    {
        while (_markBytes < ByteOrderMark.Length && !piece.IsEmpty)
        {
            if (piece[0] != ByteOrderMark[_markBytes])
            {
                Hold(ByteOrderMark[.._markBytes]);
                _markBytes = ByteOrderMark.Length;
                return;
            }

            piece = piece[1..];
            _markBytes++;
        }
    }

    private bool TryTakeLine(ref ReadOnlySpan<byte> piece, out ReadOnlySpan<byte> line, out bool isBlank)
    {
        line = default;
        isBlank = false;
        if (_skipsLineFeed && !piece.IsEmpty)
        {
            piece = piece[0] == LineFeed ? piece[1..] : piece;
            _skipsLineFeed = false;
        }

        // In NDJSON a carriage return is white space.
        var end = isLines ? piece.IndexOf(LineFeed) : piece.IndexOfAny(LineFeed, CarriageReturn);
        if (end < 0)
        {
            Hold(piece);
            piece = default;
            return false;
        }

        line = piece[..end];
        _skipsLineFeed = piece[end] == CarriageReturn;
        piece = piece[(end + 1)..];
        isBlank = line.IsEmpty && !_lineBegan;
        if (_lineBegan)
        {
            Hold(line);
            line = _held.AsSpan(_data, _length - _data);
            _length = _data;
            _lineBegan = false;
        }

        return true;
    }

    private bool IsPayload(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> payload)
    {
        payload = line.TrimEnd(CarriageReturn);
        var isWhole = !_isPassedOver;
        _isPassedOver = false;
        return isWhole && !payload.IsEmpty;
    }

    private bool EndsEvent(ReadOnlySpan<byte> line, bool isBlank, ReadOnlySpan<byte> next, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (isBlank)
        {
            payload = _held.AsSpan(0, _data);
            var isWhole = _hasData && !_isPassedOver;
            Forget();
            _isPassedOver = false;
            return isWhole;
        }

        if (_isPassedOver || !IsData(line, out var value))
        {
            return false;
        }

        if (!_hasData && IsLineBreak(next))
        {
            // The whole event is here, and nothing of it must be kept. The blank line then finds no data, and ends nothing.
            payload = value;
            return true;
        }

        AddData(value);
        return false;
    }

    private static bool IsData(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!line.StartsWith("data"u8))
        {
            return false;
        }

        var rest = line["data"u8.Length..];
        if (rest is [(byte)':', .. var text])
        {
            value = text is [(byte)' ', .. var unpadded] ? unpadded : text;
            return true;
        }

        return rest.IsEmpty;
    }

    private bool IsLineBreak(ReadOnlySpan<byte> next)
    {
        next = _skipsLineFeed && next is [LineFeed, .. var rest] ? rest : next;
        return next is [LineFeed or CarriageReturn, ..];
    }

    private void AddData(ReadOnlySpan<byte> value)
    {
        if (_hasData)
        {
            // A value that is held itself stands behind "data:", so that there is room for it.
            Append(ref _data, [LineFeed]);
        }

        Append(ref _data, value);
        _hasData = true;
        _length = _data;
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            _lineBegan = true;
            Append(ref _length, bytes);
        }
    }

    private void Append(ref int end, ReadOnlySpan<byte> bytes)
    {
        if (_isPassedOver || end + bytes.Length > mostBytes)
        {
            PassedOver += _isPassedOver ? 0 : 1;
            _isPassedOver = true;
            Forget();
            return;
        }

        if (end + bytes.Length > _held.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstCapacity, Math.Max(2 * _held.Length, end + bytes.Length)));
            _held.AsSpan(0, end).CopyTo(larger);
            Return(_held);
            _held = larger;
        }

        bytes.CopyTo(_held.AsSpan(end));
        end += bytes.Length;
    }

    private void Forget() => (_data, _length, _hasData) = (0, 0, false);
}
