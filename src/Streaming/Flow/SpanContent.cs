using System.Diagnostics;

namespace LlmTracing.Streaming.Flow;

/// <summary>Notes on a span whether anyone who listens wants what was said in it.</summary>
internal static class SpanContent
{
    private const string Property = "LlmTracing.CaptureContent";

    public static void Want(Activity span) => span.SetCustomProperty(Property, Property);

    public static bool IsWanted(Activity span) => span.GetCustomProperty(Property) is not null;
}
