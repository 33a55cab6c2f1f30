using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LlmTracing.Benchmarks.Load.Client;

/// <summary>Reads streams over a bare socket, one after the other: the less the client costs, the more is left to the server.</summary>
internal static class StreamReader
{
    private static ReadOnlySpan<byte> End => "\r\n0\r\n\r\n"u8;

    public static async Task<StreamsSeen> ReadAllAsync(EndPoint server, LoadPlan plan, RequestBudget budget, bool isStamped)
    {
        var seen = new StreamsSeen();
        using var socket = await ConnectAsync(server, plan);
        var request = RequestOf(plan.Target + (isStamped ? "&stamped=true" : ""));
        var buffer = new byte[16 * 1024];
        while (budget.TryTake())
        {
            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(request);
            var length = 0;
            var isFirst = true;
            while (true)
            {
                var count = await socket.ReceiveAsync(buffer.AsMemory(length));
                if (count == 0)
                {
                    throw new EndOfStreamException("The server closed a stream before its end.");
                }

                if (isFirst)
                {
                    if (!buffer.AsSpan(0, count).StartsWith("HTTP/1.1 200 "u8))
                    {
                        throw new InvalidOperationException($"The server answered: {Encoding.UTF8.GetString(buffer, 0, count)}");
                    }

                    seen.FirstBytes.Add(Stopwatch.GetElapsedTime(sent).TotalMicroseconds);
                    isFirst = false;
                }

                seen.Bytes += count;
                var read = buffer.AsSpan(0, length + count);
                if (isStamped)
                {
                    NoteDelays(read, length, seen);
                }

                if (read.EndsWith(End))
                {
                    break;
                }

                // The end may come in two pieces.
                length = Math.Min(End.Length, read.Length);
                read[^length..].CopyTo(buffer);
                if (plan.ReadPause > 0)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(plan.ReadPause));
                }
            }
        }

        return seen;
    }

    /// <summary>Opens a stream that stays open, and has its first byte.</summary>
    public static async Task<Socket> OpenAsync(EndPoint server, LoadPlan plan)
    {
        var socket = await ConnectAsync(server, plan);
        await socket.SendAsync(RequestOf(plan.Target));
        await socket.ReceiveAsync(new byte[4096]);
        return socket;
    }

    private static async Task<Socket> ConnectAsync(EndPoint server, LoadPlan plan)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (plan.ReadPause > 0)
        {
            socket.ReceiveBufferSize = 4096;
        }

        await socket.ConnectAsync(server);
        return socket;
    }

    // One that is torn over two reads is left out.
    private static void NoteDelays(ReadOnlySpan<byte> read, int from, StreamsSeen seen)
    {
        var now = Stopwatch.GetTimestamp();
        var rest = read[from..];
        while (rest.IndexOf("data: "u8) is var at and >= 0 && rest.Length >= at + 22)
        {
            if (Utf8Parser.TryParse(rest.Slice(at + 6, 16), out long stamp, out var digits, 'x') && digits == 16)
            {
                seen.ChunkDelays.Add(Stopwatch.GetElapsedTime(stamp, now).TotalMicroseconds);
            }

            rest = rest[(at + 22)..];
        }
    }

    private static byte[] RequestOf(string target) => Encoding.ASCII.GetBytes(
        $"GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
}
