using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace LlmTracing;

/// <summary>What is known of a trace when it begins, for <see cref="LlmTracingOptions.TracesSampler"/>.</summary>
public sealed class TracesSamplerContext
{
    /// <summary>Gets the name of its first span; of a request <c>GET /chat/7</c>, for no route is known yet.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the kind of that span; <see cref="ActivityKind.Server"/> for a request.</summary>
    public ActivityKind Kind { get; init; }

    /// <summary>Gets the id of the trace.</summary>
    public ActivityTraceId TraceId { get; init; }

    /// <summary>Gets the attributes that the span is started with; ASP.NET Core starts that of a request with none.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Tags { get; init; } = [];

    /// <summary>Gets the request, before any middleware has seen it.</summary>
    /// <value>Null for a trace that does not begin with a request.</value>
    public HttpContext? HttpContext { get; init; }
}
