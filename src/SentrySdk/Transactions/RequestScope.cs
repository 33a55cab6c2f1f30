using System.Diagnostics;
using LlmTracing.Middleware.Transactions;
using LlmTracing.SentryExporter.Propagation;
using Microsoft.AspNetCore.Http;
using BaggageHeader = LlmTracing.SentryExporter.Propagation.BaggageHeader;
using SentryTraceHeader = LlmTracing.SentryExporter.Propagation.SentryTraceHeader;

namespace LlmTracing.SentrySdk.Transactions;

/// <summary>Has the SDK's scope of a request continue that request's trace: what it captures and calls then says the same.</summary>
internal sealed class RequestScope(SdkHub hub, RequestScopes scopes, PropagationSettings settings) : IRequestObserver
{
    // Where it is strict, the SDK continues no trace that does not name its own organization.
    private readonly string? _organization =
        settings.OrganizationId is { } organization ? $"{SamplingContext.OrganizationId}={organization}" : null;

    public void OnBegin(HttpContext context, Activity root)
    {
        var sdk = hub.Current;
        sdk.ContinueTrace(
            new SentryTraceHeader(root.TraceId, root.SpanId, root.Recorded).ToString(), ContextOfHead(context, root) ?? _organization);
        context.Features.Set(new RequestStart(context.RequestAborted));
        if (root is { Recorded: true, IsAllDataRequested: true })
        {
            sdk.ConfigureScope(scope => scopes.Add(root, scope));
        }
    }

    // So that the SDK's errors say the same of the trace as the service that it began in. Where it was not continued, nothing came.
    private static string? ContextOfHead(HttpContext context, Activity root) =>
        root.Parent is null && root.ParentSpanId != default && context.Request.Headers[BaggageHeader.Name] is { Count: > 0 } baggage ? baggage.ToString() : null;
}
