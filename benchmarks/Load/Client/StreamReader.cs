using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;

namespace LlmTracing.Benchmarks.Load.Client;

/// <summary>Reads streams over one connection, one after the other.</summary>
internal sealed class StreamReader(LoadPlan plan, RequestBudget budget, BodyLengths lengths)
{
    // One request in so many is asked to say when its chunks were made, whoever makes it: the same number of each variant.
    private const int StampsEvery = 16;

    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly byte[] _request = Connection.RequestOf(plan.Target);
    private readonly byte[] _stampedRequest = Connection.RequestOf(plan.Target + "&stamped=true");
    private readonly StreamsSeen _seen = new();

    private ReadOnlySpan<byte> BeforeStamp => plan.Target.StartsWith("/json", StringComparison.Ordinal) ? "{\"delta\":\""u8 : "data: "u8;

    public async Task<StreamsSeen> ReadAllAsync(Socket socket)
    {
        while (budget.TryTake(out var number))
        {
            var isStamped = number % StampsEvery == 0;
            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(isStamped ? _stampedRequest : _request);
            lengths.Check(plan, await ReadAsync(socket, sent, isStamped));
        }

        return _seen;
    }

    private async Task<long> ReadAsync(Socket socket, long sent, bool isStamped)
    {
        var count = await ReceiveAsync(socket);
        _seen.FirstBytes.Add(Stopwatch.GetElapsedTime(sent).TotalMicroseconds);
        Connection.CheckStatus(_buffer.AsSpan(0, count));
        var headLength = _buffer.AsSpan(0, count).IndexOf("\r\n\r\n"u8) + 4;
        var body = new ChunkedBody();
        var isComplete = Read(body, _buffer.AsSpan(headLength..count), isStamped);
        while (!isComplete)
        {
            if (plan.ReadPause > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(plan.ReadPause));
            }

            count = await ReceiveAsync(socket);
            isComplete = Read(body, _buffer.AsSpan(0, count), isStamped);
        }

        return body.Length;
    }

    private async Task<int> ReceiveAsync(Socket socket) =>
        await socket.ReceiveAsync(_buffer) is > 0 and var count
            ? count
            : throw new EndOfStreamException("The server closed a stream before its end.");

    private bool Read(ChunkedBody body, ReadOnlySpan<byte> bytes, bool isStamped)
    {
        if (isStamped)
        {
            NoteDelays(bytes);
        }

        return body.Read(bytes);
    }

    // One that is torn over two reads is left out.
    private void NoteDelays(ReadOnlySpan<byte> bytes)
    {
        const int Digits = 16;
        var now = Stopwatch.GetTimestamp();
        while (bytes.IndexOf(BeforeStamp) is var at and >= 0 && bytes.Length >= at + BeforeStamp.Length + Digits)
        {
            bytes = bytes[(at + BeforeStamp.Length)..];
            if (Utf8Parser.TryParse(bytes[..Digits], out long stamp, out var digits, 'x') && digits == Digits)
            {
                _seen.ChunkDelays.Add(Stopwatch.GetElapsedTime(stamp, now).TotalMicroseconds);
            }
        }
    }
}
