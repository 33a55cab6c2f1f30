using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A whole response as its bytes stood on the wire, but for where HTTP cut them into chunks.</summary>
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
            var response = Date().Replace(await reader.ReadToEndAsync(token), "Date: …");
            var body = response.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            return response[..body] + ChunkSize().Replace(response[body..], "").TrimEnd('\r', '\n') + "\n\n";
        });

    // No event has a CR of its own, so each that is there belongs to a chunk's size.
    [GeneratedRegex("(^|\r\n)[0-9a-f]+\r\n")]
    private static partial Regex ChunkSize();

    [GeneratedRegex("^Date: [^\r]+", RegexOptions.Multiline)]
    private static partial Regex Date();
}
