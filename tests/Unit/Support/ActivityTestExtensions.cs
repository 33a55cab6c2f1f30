using System.Diagnostics;

namespace LlmTracing.Tests.Unit.Support;

/// <summary>What tests do to spans.</summary>
internal static class ActivityTestExtensions
{
    /// <summary>Ends a span that stays current here, as for code that outlives its request.</summary>
    public static Activity StopElsewhere(this Activity span)
    {
        ExecutionContext.Run(ExecutionContext.Capture()!, static span => ((Activity)span!).Stop(), span);
        return span;
    }
}
