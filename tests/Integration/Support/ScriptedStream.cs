using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Plays one conversation into one response, stopping where the script says so.</summary>
internal sealed class ScriptedStream(
    HttpContext context, ProviderScript script, ProviderConversation conversation, CancellationToken cancellationToken)
{
    /// <param name="errorEvent">Writes a fault's message in the provider's dialect.</param>
    /// <exception cref="OperationCanceledException">The client left, or the server stops.</exception>
    public async Task PlayAsync(Func<string, SseFrame> errorEvent)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        await WriteAsync(conversation.Opening);
        for (var written = 0; written <= conversation.Chunks.Count; written++)
        {
            await PassGateAsync(written);
            if (script.Fault is { } fault && fault.AfterChunks == written)
            {
                await BreakAsync(fault, errorEvent);
                return;
            }

            await WriteAsync(
                written < conversation.Chunks.Count ? [conversation.Chunks[written]] : conversation.Closing);
        }
    }

    private Task PassGateAsync(int written) =>
        script.Gate is { } gate && gate.AfterChunks == written ? gate.PassAsync(cancellationToken) : Task.CompletedTask;

    private async Task BreakAsync(ProviderFault fault, Func<string, SseFrame> errorEvent)
    {
        if (fault.Kind == ProviderFaultKind.ErrorEvent)
        {
            await WriteAsync([errorEvent(fault.Message)]);
            return;
        }

        if (fault.Kind == ProviderFaultKind.Cut)
        {
            context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.Shutdown(SocketShutdown.Send);

            // Kestrel itself would close by RST, so the client goes first.
            await EndAsync();
        }

        context.Abort();
    }

    private async Task EndAsync()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(() => ended.TrySetResult());
        await ended.Task;
    }

    private async Task WriteAsync(IReadOnlyList<SseFrame> frames)
    {
        // Writes to a client that left succeed, so the script would run on without this.
        cancellationToken.ThrowIfCancellationRequested();

        await context.Response.WriteAsync(string.Concat(frames.Select(frame => frame.ToWire())), cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}
