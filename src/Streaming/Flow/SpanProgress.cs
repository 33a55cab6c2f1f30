using System.Diagnostics;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Flow;

/// <summary>Keeps with a span who follows its progress.</summary>
internal static class SpanProgress
{
    private const string Property = "LlmTracing.Progress";

    public static void Add(Activity span, ISpanProgress progress) =>
        span.SetCustomProperty(Property, Of(span) is { } other ? new Pair(other, progress) : progress);

    public static ISpanProgress? Of(Activity? span) => span?.GetCustomProperty(Property) as ISpanProgress;

    /// <summary>Tells whoever follows the span that it has got attributes.</summary>
    public static void TellOfChange(Activity span)
    {
        try
        {
            Of(span)?.OnChanged();
        }
        catch (Exception exception)
        {
            // Theirs: the app's own code goes on.
            Log.TracingFailed(Log.For(CurrentRequest.Loggers), exception);
        }
    }

    // What begins outside of any request is followed by every host in the process.
    private sealed class Pair(ISpanProgress first, ISpanProgress second) : ISpanProgress
    {
        public void OnChanged()
        {
            first.OnChanged();
            second.OnChanged();
        }

        public void OnProgress(long chunks, in ChunkReading reading)
        {
            first.OnProgress(chunks, reading);
            second.OnProgress(chunks, reading);
        }
    }
}
