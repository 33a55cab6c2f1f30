using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>Keeps the exception of a span: the event that Activity makes of it has only its text.</summary>
internal static class SpanException
{
    private const string Property = "LlmTracing.Exception";

    /// <summary>Keeps the first one, as the one that the others follow from.</summary>
    public static void Keep(Activity span, Exception exception, ref TagList tags)
    {
        if (span.GetCustomProperty(Property) is null)
        {
            span.SetCustomProperty(Property, exception);
        }
    }

    public static Exception? Of(Activity span) => span.GetCustomProperty(Property) as Exception;
}
