using System.Diagnostics;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Flow;

/// <summary>What the app has told of an answer that came in one piece, and its span says.</summary>
internal struct ToldAnswer
{
    private ToolCallList? _toolCalls;

    public LlmUsage Usage { get; private set; }

    /// <summary>Takes over the fields that a report knows.</summary>
    /// <param name="usage">The report.</param>
    /// <param name="span">The span, if it is recorded.</param>
    public void Add(in LlmUsage usage, Activity? span)
    {
        Usage = Usage.UpdatedBy(usage);
        if (span is not null)
        {
            span.SetUsage(Usage);
            span.SetTag(LlmTracingAttributes.UsageSource, "provider");
        }
    }

    /// <summary>Adds a call of a tool, and lets the tool's run find the span that asked for it.</summary>
    public void Add(LlmToolCall call, Activity span)
    {
        _toolCalls ??= new();
        var known = _toolCalls.Ids.Count;
        _toolCalls.Add(call);
        ToolCallOrigins.Note(span, _toolCalls.Ids, known);
        ToolCallList.Write(span, _toolCalls.Calls);
    }
}
