using System.Diagnostics;
using LlmTracing.Streaming.Content;
using LlmTracing.Streaming.Flow;

namespace LlmTracing.Streaming.Telemetry;

/// <summary>Writes what we know to a span. Unknown is absent, never 0.</summary>
internal static class ActivityExtensions
{
    // A class of failures has a name: what is longer is a text in the wrong field, and each would be a series of metrics.
    private const int MostErrorTypeCharacters = 128;

    public static void SetUsage(this Activity activity, in LlmUsage reported)
    {
        var usage = reported.Clamped();
        activity.SetKnown(GenAiAttributes.UsageInputTokens, usage.InputTokens);
        activity.SetKnown(GenAiAttributes.UsageOutputTokens, usage.OutputTokens);
        activity.SetKnown(GenAiAttributes.UsageTotalTokens, usage.TotalTokens);
        activity.SetKnown(GenAiAttributes.UsageCacheReadInputTokens, usage.CachedInputTokens);
        activity.SetKnown(GenAiAttributes.UsageCacheCreationInputTokens, usage.CacheWriteInputTokens);
        activity.SetKnown(GenAiAttributes.UsageReasoningOutputTokens, usage.ReasoningTokens);
    }

    /// <summary>Marks the span that failed: with the exception itself.</summary>
    public static void SetFailure(this Activity activity, Exception exception)
    {
        activity.SetFailedBeneath(exception);
        if (activity.IsAllDataRequested)
        {
            activity.AddException(exception, ExceptionText.TagsOf(exception));
        }
    }

    /// <summary>Marks a span whose child failed: with the same cause, but not with the exception once more.</summary>
    public static void SetFailedBeneath(this Activity activity, Exception exception)
    {
        activity.SetStatus(ActivityStatusCode.Error, ExceptionText.MessageOf(exception));
        if (activity.IsAllDataRequested)
        {
            activity.SetTag(GenAiAttributes.ErrorType, ErrorTypeOf(exception));
            activity.SetKnown(LlmTracingAttributes.UpstreamStatusCode, UpstreamFailure.StatusOf(exception));
        }
    }

    /// <summary>Gives the class of a failure: an exception's own, or what the provider calls an error in its stream.</summary>
    public static string ErrorTypeOf(Exception exception) => exception switch
    {
        // A class of errors has a name; what has spaces is a sentence about one of them.
        LlmStreamException { Type: { } text } when text.AsSpan().ContainsAny(TextCut.WhiteSpace) => "_OTHER",
        LlmStreamException { Type: { Length: > MostErrorTypeCharacters } text } => text[..MostErrorTypeCharacters],
        LlmStreamException { Type: { } type } => type,
        _ => exception.GetType().FullName ?? "_OTHER",
    };

    /// <summary>Marks a span that was ended because the server stops: cut short, though nothing threw.</summary>
    public static void SetStopped(this Activity activity)
    {
        activity.SetStatus(ActivityStatusCode.Error, "The server was stopping.");
        if (activity.IsAllDataRequested)
        {
            activity.SetTag(GenAiAttributes.ErrorType, StreamOutcome.ServerStopping.ToAttributeValue());
        }
    }

    public static void SetKnown(this Activity activity, string key, long? value)
    {
        if (value is { } known)
        {
            activity.SetTag(key, known);
        }
    }

    public static void SetKnown(this Activity activity, string key, object? value)
    {
        if (value is not null)
        {
            activity.SetTag(key, value);
        }
    }
}
