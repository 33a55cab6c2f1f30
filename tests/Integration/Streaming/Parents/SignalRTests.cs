using System.Diagnostics;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Parents;

/// <summary>A hub answers over a connection that may last for days: each call of a method is a transaction.</summary>
[Collection(RunsAlone.Name)]
public sealed class SignalRTests
{
    // Ends each message of SignalR's JSON protocol.
    private const char RecordSeparator = '\u001e';

    [Fact]
    public async Task HubMethod_Streams_IsATransactionWithItsLlmSpan()
    {
        await using var app = await StartAsync();
        using var socket = await ConnectAsync(app);

        await SendAsync(socket, """{"type":4,"invocationId":"1","target":"Ask","arguments":["hi"]}""");
        var answer = await ReadToCompletionAsync(socket);
        var traceId = Assert.Single(answer.Split(' '), word => word.Length == 32);
        var transaction = await app.Sink.NextAsync(ActivityTraceId.CreateFromString(traceId));

        Assert.EndsWith("/Ask", transaction.Root.Name, StringComparison.Ordinal);
        Assert.Equal("Microsoft.AspNetCore.SignalR.Server", transaction.Root.Source);
        Assert.Null(transaction.Root.ParentSpanId);
        Assert.Equal(["chat m", "execute_tool search"], transaction.Spans.Select(static span => span.Name));
        Assert.Equal(transaction.Root.SpanId, transaction.Spans[0].ParentSpanId);
        Assert.Equal("ambient", transaction.Spans[0][LlmTracingAttributes.Parent]);
        Assert.Equal(StreamOutcome.Completed, transaction.Spans[0].Outcome);
        Assert.Equal(transaction.Spans[0].SpanId, transaction.Spans[1].ParentSpanId);
        Assert.Empty(app.Logs.Of("ParentNotFound"));
        await CloseAsync(socket, app);
    }

    [Fact]
    public async Task HubMethod_CalledTwice_IsTwoTransactions()
    {
        await using var app = await StartAsync();
        using var socket = await ConnectAsync(app);
        var traces = new HashSet<string>();

        for (var i = 1; i <= 2; i++)
        {
            await SendAsync(socket, $$"""{"type":4,"invocationId":"{{i}}","target":"Ask","arguments":["hi"]}""");
            var answer = await ReadToCompletionAsync(socket);
            traces.Add(Assert.Single(answer.Split(' '), word => word.Length == 32));
        }

        Assert.Equal(2, traces.Count);
        foreach (var traceId in traces)
        {
            var transaction = await app.Sink.NextAsync(ActivityTraceId.CreateFromString(traceId));
            Assert.Equal(2, transaction.Spans.Count);
        }

        await CloseAsync(socket, app);
    }

    private static Task<TestApp> StartAsync() => TestApp.StartAsync(new TestAppSetup
    {
        Services = services => services.AddSignalR(),
        Inside = app => app.MapHub<ChatHub>("/hub"),
    });

    private static async Task<WebSocket> ConnectAsync(TestApp app)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(
            new UriBuilder(app.BaseUrl) { Scheme = "ws", Path = "/hub" }.Uri, TestContext.Current.CancellationToken);
        await SendAsync(socket, """{"protocol":"json","version":1}""");
        Assert.Equal("{}", await ReadAsync(socket));
        return socket;
    }

    // The connection's own request ends with it, and has none of the calls.
    private static async Task CloseAsync(WebSocket socket, TestApp app)
    {
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        var connection = await app.Sink.NextAsync(static one => one.Name == "GET /hub");
        Assert.Equal(
            ["OnConnectedAsync", "OnDisconnectedAsync"],
            connection.Spans.Select(static span => span.Name.Split('/')[^1]));
        await app.StopAsync();
    }

    private static Task SendAsync(WebSocket socket, string message) => socket.SendAsync(
        Encoding.UTF8.GetBytes(message + RecordSeparator),
        WebSocketMessageType.Text,
        endOfMessage: true,
        TestContext.Current.CancellationToken);

    // Items are {"type":2,…,"item":"…"}, the completion {"type":3,…}. Gives the items, parted by spaces.
    private static async Task<string> ReadToCompletionAsync(WebSocket socket)
    {
        var items = new StringBuilder();
        while (await ReadAsync(socket) is var message && !message.Contains("\"type\":3", StringComparison.Ordinal))
        {
            if (message.Split("\"item\":\"") is [_, var item])
            {
                items.Append(item.Split('"')[0]).Append(' ');
            }
        }

        return items.ToString();
    }

    // One message a time: the server flushes each on its own, but the client may find several together.
    private static Task<string> ReadAsync(WebSocket socket) => Deadline.BoundAsync("message", null, async token =>
    {
        var text = new StringBuilder();
        var next = new byte[1];
        while (true)
        {
            await socket.ReceiveAsync(next, token);
            if (next[0] == RecordSeparator)
            {
                return text.ToString();
            }

            text.Append((char)next[0]);
        }
    });

    private sealed class ChatHub : Hub
    {
        public IAsyncEnumerable<string> Ask(string question) =>
            AnswerAsync(question, Context.ConnectionAborted).TraceLlm(new LlmCall("m"));

        private static async IAsyncEnumerable<string> AnswerAsync(
            string question, [EnumeratorCancellation] CancellationToken aborted)
        {
            aborted.ThrowIfCancellationRequested();
            LlmTrace.StartTool("search").Dispose();
            yield return question;
            await Task.Yield();
            yield return Activity.Current!.TraceId.ToHexString();
        }
    }
}
