using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A whole response as its bytes stood on the wire, chunk sizes included.</summary>
internal static partial class RawResponse
{
    /// <returns>The response as text, with the value of its Date left out.</returns>
    public static Task<string> GetAsync(Uri server, string target, string? traceParent = null) =>
        Deadline.BoundAsync("end of the response", null, async token =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, server.Port, token);
            var trace = traceParent is null ? "" : $"traceparent: {traceParent}\r\n";
            var request = $"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{trace}\r\n";
            await socket.SendAsync(Encoding.ASCII.GetBytes(request), token);
            using var reader = new StreamReader(new NetworkStream(socket), Encoding.UTF8);
            return Date().Replace(await reader.ReadToEndAsync(token), "Date: …");
        });

    [GeneratedRegex("^Date: [^\r]+", RegexOptions.Multiline)]
    private static partial Regex Date();
}
