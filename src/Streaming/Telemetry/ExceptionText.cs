using System.Diagnostics;

namespace LlmTracing.Streaming.Telemetry;

/// <summary>Reads what an exception says of itself. An app's own may fail at that, which is said instead.</summary>
internal static class ExceptionText
{
    public static string MessageOf(Exception exception) => Read(exception, static exception => exception.Message);

    /// <summary>
    /// Gives what <c>Activity.AddException</c> would read by itself, where an exception that fails would take with it all that
    /// was still to be said of the span.
    /// </summary>
    public static TagList TagsOf(Exception exception) => new(
    [
        new("exception.message", MessageOf(exception)),
        new("exception.stacktrace", Read(exception, static exception => exception.ToString())),
    ]);

    private static string Read(Exception exception, Func<Exception, string?> read)
    {
        try
        {
            return read(exception) ?? "";
        }
        catch (Exception fault)
        {
            return $"[It could not be read: {fault.GetType()}]";
        }
    }
}
