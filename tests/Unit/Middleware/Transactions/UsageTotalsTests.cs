using System.Diagnostics;
using LlmTracing.Middleware.Termination;
using LlmTracing.Middleware.Transactions;

namespace LlmTracing.Tests.Unit.Middleware.Transactions;

/// <summary>What a transaction's calls used, by its open spans and, the same, by those of one whose process died.</summary>
public sealed class UsageTotalsTests : IDisposable
{
    private readonly List<Activity> _spans = [];
    private readonly Activity? _before = Activity.Current;

    public UsageTotalsTests() => Activity.Current = null;

    public void Dispose() => Activity.Current = _before;

    [Fact]
    public void Of_ToolOfACallCallsAModel_BothCount()
    {
        using (Span("chat", 1100, 10))
        using (Span("execute_tool"))
        using (Span("chat", 7, 3))
        {
        }

        Assert.Equal(new UsageTotals(2, new LlmUsage(1107, 13), null), Totals());
    }

    [Fact]
    public void Of_CallDirectlyBeneathACall_CountsOnce()
    {
        using (Span("chat", 1100, 10))
        {
            Span("chat", 1000, 8).Dispose();
            using (Span("execute_tool"))
            using (Span("invoke_agent", 7, 3))
            {
                Span("chat", 7, 3).Dispose();
            }

            Span("chat", 100, 2).Dispose();
        }

        Assert.Equal(new UsageTotals(3, new LlmUsage(1107, 13), null), Totals());
    }

    [Fact]
    public void Of_AgentWhoseCallsAreBeneathToolsOfAnother_TheAgentsSumIsNotCounted()
    {
        using (Span("invoke_agent", 1107, 13))
        using (Span("chat", 1100, 10))
        using (Span("execute_tool"))
        using (Span("chat", 7, 3))
        {
        }

        Assert.Equal(new UsageTotals(2, new LlmUsage(1107, 13), null), Totals());
    }

    [Fact]
    public void Of_AgentThatOnlyRunsATool_TheAgentsSumIsNotCounted()
    {
        using (Span("invoke_agent", 7, 3))
        using (Span("execute_tool"))
        using (Span("chat", 7, 3))
        {
        }

        Assert.Equal(new UsageTotals(1, new LlmUsage(7, 3), null), Totals());
    }

    [Fact]
    public void Of_ToolHasTokensOfItsOwn_CallAboveCountsToo()
    {
        using (Span("chat", 1100, 10))
        {
            Span("execute_tool", 7, 3).Dispose();
        }

        Assert.Equal(new UsageTotals(1, new LlmUsage(1107, 13), null), Totals());
    }

    private UsageTotals Totals()
    {
        var open = UsageTotals.Of(_spans);
        var finished = new SpanSnapshot(_spans[0], _spans, static _ => true, DateTimeOffset.UnixEpoch).Take();
        Assert.Equal(open, FinishedTotals.Of(finished.Spans));
        return open;
    }

    private Activity Span(string operation, long? input = null, long? output = null)
    {
        var span = new Activity(operation).Start();
        span.SetTag("gen_ai.operation.name", operation);
        span.SetTag("gen_ai.usage.input_tokens", input);
        span.SetTag("gen_ai.usage.output_tokens", output);
        _spans.Add(span);
        return span;
    }
}
