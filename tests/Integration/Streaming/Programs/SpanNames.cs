namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>What the spans of a program are called.</summary>
internal static class SpanNames
{
    public const string Root = "GET /run/{number}";

    public static string Of(SpanKind kind, string at) => kind switch
    {
        SpanKind.Workflow => $"invoke_workflow {at}",
        SpanKind.Agent => $"invoke_agent {at}",
        SpanKind.Tool => $"execute_tool {at}",
        SpanKind.Chat => $"chat {at}",
        _ => at,
    };

    public static string OfHttp(string at) => $"GET /{at}";

    /// <summary>The model that a stream's layer asks for; 0 is the innermost.</summary>
    public static string ModelOf(string at, int layer) => $"{at}.t{layer}";

    public static string OfStream(string at, int layer) => $"chat {ModelOf(at, layer)}";
}
