using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>A <c>client_report</c> item: how many of what were discarded, and why.</summary>
internal static class ClientReportChecker
{
    public static void Check(JsonElement report, DeviationList deviations)
    {
        var discarded = report.At("discarded_events");
        deviations.Require(discarded.Elements().Any(), "A client report must list discarded_events.");

        foreach (var (index, entry) in discarded.Elements().Index())
        {
            var path = $"discarded_events[{index}]";
            deviations.RequireText(entry.At("reason"), $"{path}.reason");
            deviations.RequireText(entry.At("category"), $"{path}.category");
            deviations.Require(
                entry.At("quantity").AsNumber() >= 1,
                $"{path}.quantity must be 1 or more, was {entry.At("quantity").Shown()}.");
        }
    }
}
