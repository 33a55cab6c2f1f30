using System.Diagnostics;
using LlmTracing.Middleware.Transactions;
using LlmTracing.SentryExporter.Propagation;
using Microsoft.AspNetCore.Http;
using SentryTraceHeader = LlmTracing.SentryExporter.Propagation.SentryTraceHeader;

namespace LlmTracing.SentrySdk.Transactions;

/// <summary>Has the SDK's scope of a request continue that request's trace: what it captures and calls then says the same.</summary>
internal sealed class RequestScope(SdkHub hub, PropagationSettings settings) : IRequestObserver
{
    // Where it is strict, the SDK continues no trace that does not name its own organization.
    private readonly string? _baggage =
        settings.OrganizationId is { } organization ? $"{SamplingContext.OrganizationId}={organization}" : null;

    public void OnBegin(HttpContext context, Activity root) =>
        hub.Current.ContinueTrace(new SentryTraceHeader(root.TraceId, root.SpanId, root.Recorded).ToString(), _baggage);
}
