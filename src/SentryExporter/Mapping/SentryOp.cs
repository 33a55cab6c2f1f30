using System.Diagnostics;

namespace LlmTracing.SentryExporter.Mapping;

/// <summary>Sentry's name for the kind of work that a span is.</summary>
/// <remarks>
/// https://develop.sentry.dev/sdk/telemetry/traces/span-operations/. Spans of other libraries get the ops that Sentry's own
/// SDKs give OpenTelemetry's:
/// https://github.com/getsentry/sentry-javascript/blob/04f8f0be9d94c6a5f307de3a3b3da41ddc2a8458/packages/opentelemetry/src/utils/parseSpanDescription.ts.
/// </remarks>
internal static class SentryOp
{
    private const string HttpClientSource = "System.Net.Http";

    public static string Of(FinishedSpan span) => span switch
    {
        // Sentry has no workflows: it shows one as an agent.
        _ when span[GenAiAttributes.OperationName] is "invoke_workflow" => "gen_ai.invoke_agent",
        _ when span[GenAiAttributes.OperationName] is string operation => $"gen_ai.{operation}",
        { Source: HttpClientSource } => "http.client",
        { Kind: ActivityKind.Server } when span[HttpAttributes.RequestMethod] is not null => "http.server",
        { Kind: ActivityKind.Client } when span[HttpAttributes.RequestMethod] is not null => "http.client",
        _ when IsDatabase(span) => "db",
        _ when span["rpc.system"] is not null => "rpc",
        _ when span["messaging.system"] is not null => "message",
        { Source: LlmTrace.SourceName } => "task",
        _ => "default",
    };

    public static string DescriptionOf(FinishedSpan span) => SentryText.Cut(span switch
    {
        _ when span[HttpAttributes.RequestMethod] is string method && span[HttpAttributes.UrlFull] is string url =>
            $"{method} {Secrets.RedactUrl(url)}",
        _ when IsDatabase(span) => (span["db.query.text"] ?? span["db.statement"]) as string ?? span.Name,
        _ => span.Name,
    });

    private static bool IsDatabase(FinishedSpan span) => (span["db.system.name"] ?? span["db.system"]) is not null;
}
