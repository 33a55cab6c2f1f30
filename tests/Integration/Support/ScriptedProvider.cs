using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A model provider on loopback that streams what the test scripts; a subclass is its dialect.</summary>
internal abstract class ScriptedProvider : IAsyncDisposable
{
    private readonly ConcurrentQueue<ProviderScript> _enqueued = new();
    private readonly ConcurrentQueue<ProviderRequest> _requests = new();
    private readonly TaskCompletionSource _clientGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LoopbackServer? _server;

    /// <summary>Gets or sets the answer to every request for which none is enqueued.</summary>
    public ProviderScript Script { get; set; } = new();

    /// <summary>Gets the requests so far, oldest first.</summary>
    public IReadOnlyList<ProviderRequest> Requests => [.. _requests];

    /// <summary>Gets the task that completes once any client was found gone in mid-stream.</summary>
    public Task ClientGone => _clientGone.Task;

    public int Port { get; private set; }

    /// <summary>Gets the endpoint as the provider's SDK wants it.</summary>
    public abstract string BaseUrl { get; }

    protected abstract string Path { get; }

    /// <summary>Starts the provider of that name, as the sample knows them.</summary>
    public static async Task<ScriptedProvider> StartAsync(string name) =>
        name == "openai" ? await ScriptedOpenAi.StartAsync() : await ScriptedAnthropic.StartAsync();

    /// <summary>Scripts one request; several are used up in this order.</summary>
    public void Enqueue(ProviderScript script) => _enqueued.Enqueue(script);

    /// <summary>Ends the streams that wait at a gate, then the server.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is { } server)
        {
            await server.DisposeAsync();
        }
    }

    protected async Task ListenAsync()
    {
        _server = await LoopbackServer.StartAsync(HandleAsync);
        Port = _server.Port;
    }

    protected abstract ProviderConversation Converse(ProviderRequest request, ProviderScript script);

    protected abstract SseFrame ErrorEvent(string message);

    protected abstract string ErrorBody(HttpStatusCode status);

    private async Task HandleAsync(HttpContext context, CancellationToken stopping)
    {
        var request = await ProviderRequest.ReadAsync(context);
        var script = _enqueued.TryDequeue(out var enqueued) ? enqueued : Script;
        _requests.Enqueue(request);

        var status = StatusFor(request, script);
        if (status == HttpStatusCode.OK)
        {
            await StreamAsync(context, request, script, stopping);
        }
        else
        {
            context.Response.StatusCode = (int)status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(ErrorBody(status), context.RequestAborted);
        }
    }

    private HttpStatusCode StatusFor(ProviderRequest request, ProviderScript script)
    {
        if (request.Path != Path)
        {
            return HttpStatusCode.NotFound;
        }

        // Only streams and refusals are scripted: a stream to a client that asked for none would hide its mistake.
        return request.WantsStream || script.Status != HttpStatusCode.OK ? script.Status : HttpStatusCode.BadRequest;
    }

    private async Task StreamAsync(
        HttpContext context, ProviderRequest request, ProviderScript script, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var stream = new ScriptedStream(context, script, Converse(request, script), ended.Token);
        try
        {
            await stream.PlayAsync(ErrorEvent);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            request.MarkClientGone();
            _clientGone.TrySetResult();
        }
    }
}
