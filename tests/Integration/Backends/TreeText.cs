using System.Text;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Backends;

/// <summary>A transaction as text: a line for each span, beneath its parent, with what any backend must tell of it.</summary>
internal static class TreeText
{
    private static readonly string[] Shown =
    [
        LlmTracingAttributes.StreamOutcome, LlmTracingAttributes.StreamChunks, "gen_ai.request.model", "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens", "gen_ai.usage.total_tokens", LlmTracingAttributes.UsageSource, "llm_tracing.usage.output_tokens",
        "llm_tracing.calls", "llm_tracing.upstream.status_code", "http.response.status_code", "error.type",
    ];

    public static string Of(SentryTransaction transaction)
    {
        var text = new StringBuilder();
        AddLine(text, 0, transaction.Op, transaction.Name, transaction.Status, transaction.Data);
        AddSpans(text, 1, transaction, transaction.Children);
        return text.ToString().TrimEnd('\n');
    }

    private static void AddSpans(StringBuilder text, int depth, SentryTransaction transaction, IEnumerable<SentrySpan> spans)
    {
        foreach (var span in spans.OrderBy(static span => span.Description, StringComparer.Ordinal).ThenBy(static span => span.Start))
        {
            AddLine(text, depth, span.Op, NameOf(span), span.Status, span.Data);
            AddSpans(text, depth + 1, transaction, transaction.ChildrenOf(span));
        }
    }

    private static void AddLine(StringBuilder text, int depth, string op, string name, string status, SentryData data)
    {
        text.Append(' ', 2 * depth).Append(op).Append(" | ").Append(name).Append(" | ").Append(status);
        foreach (var key in Shown)
        {
            if (data[key] is { } value)
            {
                text.Append(" | ").Append(key[(key.LastIndexOf('.') + 1)..]).Append('=').Append(value);
            }
        }

        text.Append('\n');
    }

    // Ports differ from run to run.
    private static string NameOf(SentrySpan span) => span.Op == "http.client" ? span.Description!.Split(' ')[0] : span.Description!;
}
