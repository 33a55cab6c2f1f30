using System.Diagnostics;

namespace LlmTracing.Streaming.Content;

/// <summary>Keeps with a span what the app that listens to it wants recorded of what is said in it.</summary>
internal static class SpanContent
{
    private const string Property = "LlmTracing.Content";

    /// <summary>Keeps it; of several apps in one process the first that has an opinion counts.</summary>
    public static void Use(Activity span, LlmTracingOptions options)
    {
        var rules = new ContentRules(options);
        if (rules.SayMore && span.GetCustomProperty(Property) is null)
        {
            span.SetCustomProperty(Property, rules);
        }
    }

    /// <summary>Gives how to record what is said in a span, or null where it is not to be.</summary>
    /// <param name="span">The span, if there is one.</param>
    /// <param name="call">The call that it is of, which may want something else than the app.</param>
    public static ContentRules? RulesFor(Activity? span, LlmCall? call = null)
    {
        if (span is not { IsAllDataRequested: true })
        {
            return null;
        }

        var rules = span.GetCustomProperty(Property) as ContentRules ?? ContentRules.Default;
        return call?.CaptureContent ?? rules.IsWanted ? rules : null;
    }
}
