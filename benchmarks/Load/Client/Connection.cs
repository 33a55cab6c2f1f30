using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LlmTracing.Benchmarks.Load.Client;

/// <summary>One connection to the server, a bare socket: the less the client costs, the more is left to the server.</summary>
internal static class Connection
{
    public static async Task<Socket> ConnectAsync(LoadPlan plan)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (plan.ReadPause > 0)
        {
            socket.ReceiveBufferSize = 4096;
        }

        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, plan.Port));
        return socket;
    }

    /// <summary>Opens a stream that stays open, and has its first bytes.</summary>
    public static async Task<Socket> OpenAsync(LoadPlan plan)
    {
        var socket = await ConnectAsync(plan);
        await socket.SendAsync(RequestOf(plan.Target));
        var head = new byte[4096];
        CheckStatus(head.AsSpan(0, await socket.ReceiveAsync(head)));
        return socket;
    }

    /// <summary>Reads what has come, without waiting for more, and gives the heartbeats in it.</summary>
    public static int CountBeats(Socket socket)
    {
        var beats = 0;
        Span<byte> buffer = stackalloc byte[4096];
        while (socket.Available > 0)
        {
            beats += buffer[..socket.Receive(buffer)].Count(":\n\n"u8);
        }

        return beats;
    }

    public static byte[] RequestOf(string target) => Encoding.ASCII.GetBytes(
        $"GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");

    public static void CheckStatus(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("HTTP/1.1 200 "u8))
        {
            throw new InvalidOperationException($"The server answered: {Encoding.UTF8.GetString(head)}");
        }
    }
}
