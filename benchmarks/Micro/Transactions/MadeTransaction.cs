using System.Diagnostics;
using LlmTracing.Middleware.Transactions;

namespace LlmTracing.Benchmarks.Micro.Transactions;

/// <summary>The spans of one request: itself, a call to a model, and the HTTP request beneath it.</summary>
internal sealed class MadeTransaction
{
    private readonly Activity _root = Of("POST /chat", ActivityKind.Server, null, [
        ("http.request.method", "POST"), ("url.scheme", "https"), ("url.path", "/chat"), ("http.route", "/chat"),
        ("server.address", "shop.example"), ("http.response.status_code", 200),
    ]);

    private readonly List<Activity> _spans = [];

    public MadeTransaction()
    {
        var call = Of("chat gpt-4o-mini", ActivityKind.Client, _root, [
            ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "openai"), ("gen_ai.request.model", "gpt-4o-mini"),
            ("gen_ai.response.model", "gpt-4o-mini-2024-07-18"), ("gen_ai.response.id", "chatcmpl-1"),
            ("gen_ai.usage.input_tokens", 12L), ("gen_ai.usage.output_tokens", 34L), ("gen_ai.usage.total_tokens", 46L),
            ("llm_tracing.stream.outcome", "completed"), ("llm_tracing.stream.chunks", 40L),
        ]);
        var http = Of("POST", ActivityKind.Client, call, [
            ("http.request.method", "POST"), ("url.full", "https://api.openai.com/v1/chat/completions"),
            ("server.address", "api.openai.com"), ("server.port", 443), ("http.response.status_code", 200),
        ]);
        _spans.AddRange([call, http]);
        http.Stop();
        call.Stop();
        _root.Stop();
    }

    public FinishedTransaction Assemble() =>
        new SpanSnapshot(_root, _spans, static _ => true, DateTimeOffset.UnixEpoch).Take() with { IsRequest = true };

    private static Activity Of(string name, ActivityKind kind, Activity? parent, (string Key, object Value)[] attributes)
    {
        var span = new Activity(name);
        if (parent is not null)
        {
            span.SetParentId(parent.TraceId, parent.SpanId, ActivityTraceFlags.Recorded);
        }

        span.Start();
        foreach (var (key, value) in attributes)
        {
            span.SetTag(key, value);
        }

        return span;
    }
}
