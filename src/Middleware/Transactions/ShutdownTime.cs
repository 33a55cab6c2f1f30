namespace LlmTracing.Middleware.Transactions;

/// <summary>How <see cref="LlmTracingOptions.ShutdownTimeout"/> is divided, when a host stops and when its process ends.</summary>
internal static class ShutdownTime
{
    /// <summary>Gives when sinks are told to bring to safety what they have not delivered: for that they have the last quarter.</summary>
    public static TimeSpan ForFlush(TimeSpan timeout) => timeout * 0.75;

    /// <summary>Gives what is left of a time.</summary>
    public static TimeSpan Rest(TimeSpan time, TimeSpan elapsed) => elapsed < time ? time - elapsed : TimeSpan.Zero;
}
