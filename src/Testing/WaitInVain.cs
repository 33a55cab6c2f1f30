using System.Globalization;
using System.Text;

namespace LlmTracing.Testing;

/// <summary>Says what a test waited for, and what came instead.</summary>
internal static class WaitInVain
{
    // Enough to recognise what went wrong; a load test has thousands.
    private const int MostDrawn = 20;

    private const string WhyNone =
        " A request is a transaction only behind app.UseLlmTracing(), if Filter and the sampling let it through; with a "
        + "span still open, it comes after ChildLimit.";

    public static string Message(
        string awaited, TimeSpan limit, List<RecordedTransaction> all, List<RecordedTransaction> untaken)
    {
        var message = new StringBuilder();
        message.Append(CultureInfo.InvariantCulture, $"No {awaited} within {limit.TotalSeconds:0.###} s.");
        if (all.Count == 0)
        {
            return message.Append(" None of any kind arrived.").Append(WhyNone).ToString();
        }

        message.Append(CultureInfo.InvariantCulture, $" {all.Count} arrived");
        message.Append(all.Count > MostDrawn ? $", the last {MostDrawn} of them:" : ":");
        foreach (var transaction in all.TakeLast(MostDrawn))
        {
            message.Append("\n\n").Append(untaken.Contains(transaction) ? "" : "(taken before) ").Append(transaction.Tree);
        }

        return message.ToString();
    }
}
