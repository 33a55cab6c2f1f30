using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The envelope's own header: who sends, when, and the frozen sampling context of the trace.</summary>
internal static class EnvelopeHeaderChecker
{
    public static void Check(JsonElement header, DeviationList deviations)
    {
        var sentAt = header.At("sent_at");
        if (deviations.RequireMatch(sentAt, "sent_at", SentryFormats.Rfc3339, "an RFC 3339 instant"))
        {
            deviations.Require(sentAt.TryGetDateTimeOffset(out _), $"sent_at is no instant: {sentAt.Shown()}.");
        }

        deviations.RequireText(header.At("sdk").At("name"), "sdk.name");
        deviations.RequireText(header.At("sdk").At("version"), "sdk.version");
    }

    public static void CheckTrace(JsonElement header, JsonElement @event, DeviationList deviations)
    {
        var dsc = header.At("trace");
        var root = @event.At("contexts").At("trace");
        var isContinued = root.Has("parent_span_id");

        // A trace continued from a caller without sentry baggage is frozen empty: nothing may be added here.
        if (isContinued && !dsc.Members().Any())
        {
            return;
        }

        foreach (var member in dsc.Members().Where(member => member.Value.ValueKind != JsonValueKind.String))
        {
            deviations.Add($"trace.{member.Name} must be a string, was {member.Value.Shown()}.");
        }

        deviations.RequireEqual(dsc.At("trace_id"), "trace.trace_id", root.At("trace_id").AsText() ?? "");
        deviations.RequireMatch(dsc.At("sampled"), "trace.sampled", SentryFormats.Flag, "\"true\" or \"false\"");
        deviations.RequireMatch(dsc.At("sample_rate"), "trace.sample_rate", SentryFormats.Rate, "a rate from 0 to 1");
        CheckKey(dsc.At("public_key"), isContinued, deviations);
    }

    private static void CheckKey(JsonElement key, bool isContinued, DeviationList deviations)
    {
        if (isContinued)
        {
            // The head of the trace may be another project, with a key of its own.
            deviations.RequireText(key, "trace.public_key");
        }
        else
        {
            deviations.RequireEqual(key, "trace.public_key", SentryIngest.PublicKey);
        }
    }
}
