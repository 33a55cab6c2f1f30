using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>An error: the exceptions that led to it, causes first, and the span that it belongs to.</summary>
internal static class ErrorEventChecker
{
    private const int MaxFrames = 250;
    private const int MaxText = 8192;

    public static void Check(JsonElement header, JsonElement @event, DeviationList deviations)
    {
        deviations.Require(!@event.Has("type"), $"event.type must be absent, was {@event.At("type").Shown()}.");
        deviations.RequireEqual(@event.At("platform"), "event.platform", "csharp");
        deviations.RequireEqual(@event.At("level"), "event.level", "error");
        deviations.RequireText(@event.At("transaction"), "event.transaction");
        deviations.Require(
            @event.At("timestamp").AsNumber() is > 0,
            $"event.timestamp must be seconds since 1970, was {@event.At("timestamp").Shown()}.");
        EnvelopeHeaderChecker.CheckTrace(header, @event, deviations);
        TransactionChecker.CheckTraceIds(@event.At("contexts").At("trace"), deviations);
        CheckExceptions([.. @event.At("exception").At("values").Elements()], deviations);
    }

    private static void CheckExceptions(JsonElement[] values, DeviationList deviations)
    {
        deviations.Require(values.Length > 0, "exception.values must have an exception.");
        foreach (var (index, value) in values.Index())
        {
            var path = $"exception.values[{index}]";
            var mechanism = value.At("mechanism");
            var isThrown = index == values.Length - 1;
            deviations.RequireText(value.At("type"), $"{path}.type");
            deviations.Require(
                value.At("value").AsText() is { Length: <= MaxText },
                $"{path}.value must be a string of at most {MaxText} characters.");
            deviations.RequireText(mechanism.At("type"), $"{path}.mechanism.type");
            deviations.Require(
                mechanism.At("exception_id").AsNumber() == values.Length - 1 - index,
                $"{path}.mechanism.exception_id must count from the last exception.");
            deviations.Require(
                (mechanism.At("handled").ValueKind is JsonValueKind.True or JsonValueKind.False) == isThrown,
                $"{path}.mechanism.handled belongs to the last exception alone, was {mechanism.At("handled").Shown()}.");
            deviations.Require(
                isThrown || mechanism.At("parent_id").AsNumber() < values.Length - 1 - index,
                $"{path}.mechanism.parent_id must name what it has caused, was {mechanism.At("parent_id").Shown()}.");
            CheckFrames(value.At("stacktrace"), path, deviations);
        }
    }

    private static void CheckFrames(JsonElement stack, string path, DeviationList deviations)
    {
        JsonElement[] frames = [.. stack.At("frames").Elements()];
        deviations.Require(
            frames.Length is <= MaxFrames && stack.Has("frames") == frames.Length > 0,
            $"{path}.stacktrace.frames must have 1 to {MaxFrames} frames, has {frames.Length}.");
        foreach (var (index, frame) in frames.Index())
        {
            var name = $"{path}.stacktrace.frames[{index}]";
            deviations.RequireText(frame.At("function"), $"{name}.function");
            deviations.Require(
                frame.At("in_app").ValueKind is JsonValueKind.True or JsonValueKind.False,
                $"{name}.in_app must say yes or no, was {frame.At("in_app").Shown()}.");
            deviations.Require(
                !frame.Has("lineno") || frame.At("lineno").AsNumber() >= 1,
                $"{name}.lineno must be 1 or more, was {frame.At("lineno").Shown()}.");
        }
    }
}
