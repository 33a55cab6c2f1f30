using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A request as a scripted provider received it.</summary>
internal sealed class ProviderRequest
{
    private readonly TaskCompletionSource _clientGone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ProviderRequest(HttpRequest request, JsonElement body)
    {
        Path = request.Path;
        Body = body;
        Headers = request.Headers.ToDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public JsonElement Body { get; }

    public string? Model => Body.At("model").AsText();

    public bool WantsStream => Body.At("stream").ValueKind == JsonValueKind.True;

    /// <summary>Gets the task that completes once this request's client was found gone in mid-stream.</summary>
    public Task ClientGone => _clientGone.Task;

    public static async Task<ProviderRequest> ReadAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(
            context.Request.Body, cancellationToken: context.RequestAborted);
        return new ProviderRequest(context.Request, body.RootElement.Clone());
    }

    public void MarkClientGone() => _clientGone.TrySetResult();
}
