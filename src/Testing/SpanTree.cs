using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace LlmTracing.Testing;

/// <summary>Draws spans as text that is the same whenever the same has happened: no times, no ids.</summary>
internal static class SpanTree
{
    private const int IndentColumns = 2;

    public static string Draw(RecordedSpan root, IEnumerable<RecordedSpan> orphans, int dropped)
    {
        var lines = new List<string>();
        Add(lines, root, depth: 0, note: null);
        foreach (var orphan in orphans)
        {
            Add(lines, orphan, depth: 1, note: "its parent was not recorded");
        }

        if (dropped > 0)
        {
            lines.Add($"({dropped} more spans were dropped)");
        }

        return string.Join('\n', lines);
    }

    private static void Add(List<string> lines, RecordedSpan span, int depth, string? note)
    {
        lines.Add(LineOf(span, depth, note));
        foreach (var child in span.Children)
        {
            Add(lines, child, depth + 1, note: null);
        }
    }

    private static string LineOf(RecordedSpan span, int depth, string? note)
    {
        var line = new StringBuilder().Append(' ', depth * IndentColumns).Append(span.Name);
        line.Append(" [").Append(span.Operation).Append(']');
        var separator = " ";
        foreach (var fact in FactsOf(span).Append(note).OfType<string>())
        {
            line.Append(separator).Append(fact);
            separator = ", ";
        }

        return line.ToString();
    }

    private static IEnumerable<string?> FactsOf(RecordedSpan span)
    {
        // A root has the sums over its calls, unless it is a call itself.
        var usage = span.Usage.IsEmpty ? RecordedUsage.OfTransaction(span.Finished) : span.Usage;
        yield return span.Outcome?.ToAttributeValue();
        yield return TokensOf(usage.InputTokens, "in");
        yield return TokensOf(usage.OutputTokens, "out");
        yield return ErrorOf(span);
        yield return span.IsUnfinished ? "unfinished" : null;
    }

    private static string? TokensOf(long? tokens, string direction) =>
        tokens is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known} {direction}") : null;

    private static string? ErrorOf(RecordedSpan span) =>
        (span[GenAiAttributes.ErrorType] ?? span.Error?.Type) is { } type ? $"error {type}"
        : span.Status == ActivityStatusCode.Error ? "error"
        : null;
}
