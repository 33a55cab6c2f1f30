using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Streaming.Agents;

/// <summary>Draws a transaction that Sentry received: each span with its op and status, beneath its parent.</summary>
internal static class AgentTree
{
    public static string Draw(SentryTransaction transaction) => string.Join(
        '\n',
        transaction.Children.SelectMany(span => Lines(transaction, span, 1))
            .Prepend($"{transaction.Name} [{transaction.Op}] {transaction.Status}"));

    private static IEnumerable<string> Lines(SentryTransaction transaction, SentrySpan span, int depth) =>
        transaction.ChildrenOf(span).SelectMany(child => Lines(transaction, child, depth + 1))
            .Prepend($"{new string(' ', 2 * depth)}{NameOf(span)} [{span.Op}] {span.Status}");

    // The port is another one in each run.
    private static string NameOf(SentrySpan span) => span.Op == "http.client"
        ? $"{span.Description!.Split(' ')[0]} {new Uri(span.Description.Split(' ')[1]).AbsolutePath}"
        : span.Description!;
}
