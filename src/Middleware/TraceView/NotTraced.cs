namespace LlmTracing.Middleware.TraceView;

/// <summary>Marks the endpoints that show traces: they would show themselves, again with each look.</summary>
internal sealed class NotTraced
{
    public static readonly NotTraced Instance = new();
}
