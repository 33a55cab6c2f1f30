using System.Diagnostics;

namespace LlmTracing.Testing;

/// <summary>Names the kind of work that a span is, by what every backend can see of it.</summary>
internal static class SpanOperation
{
    private const string HttpClientSource = "System.Net.Http";

    public static string Of(FinishedSpan span) => span switch
    {
        _ when span[GenAiAttributes.OperationName] is string operation => operation,
        { Source: HttpClientSource } => "http.client",
        { Kind: ActivityKind.Server } when span[HttpAttributes.RequestMethod] is not null => "http.server",
        { Kind: ActivityKind.Client } when span[HttpAttributes.RequestMethod] is not null => "http.client",
        _ when (span["db.system.name"] ?? span["db.system"]) is not null => "db",
        { Source: LlmTrace.SourceName } => "task",
        _ => "other",
    };
}
