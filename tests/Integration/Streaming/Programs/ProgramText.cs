using System.Text;

namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Writes a program to be read, a line for each part, with the place that its spans are called by.</summary>
internal sealed class ProgramText
{
    private readonly StringBuilder _text = new();

    public static string Of(SpanProgram program)
    {
        var text = new ProgramText();
        text.Write(program.Steps, "p", 0);
        return text._text.ToString();
    }

    private void Line(int depth, string at, string what) =>
        _text.Append('\n').Append(' ', 2 * depth).Append(at).Append(": ").Append(what);

    private void Write(IReadOnlyList<Step> steps, string at, int depth)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            Write(steps[i], $"{at}.{i}", depth);
        }
    }

    private void Write(Step step, string at, int depth)
    {
        switch (step)
        {
            case Step.Hop hop:
                Line(depth, at, $"hop {hop.Kind}");
                break;
            case Step.Span span:
                Line(depth, at, $"span {span.Kind}{(span.Style == SpanStyle.Using ? "" : $" by {span.Style}")}{Root(span.UnderRoot)}");
                Write(span.Body, at, depth + 1);
                break;
            case Step.Catch guarded:
                Line(depth, at, "catch");
                Write(guarded.Body, at, depth + 1);
                break;
            case Step.Parallel parallel:
                Line(depth, at, $"parallel {parallel.Kind}");
                for (var i = 0; i < parallel.Branches.Count; i++)
                {
                    Line(depth + 1, $"{at}.{i}", "branch");
                    Write(parallel.Branches[i], $"{at}.{i}", depth + 2);
                }

                break;
            case Step.Consume consume:
                Line(depth, at, $"consume {consume.Style}, {consume.Take?.ToString() ?? "all"}");
                WriteConsumption(consume, at, depth + 1);
                break;
            case Step.Interleave interleave:
                Line(depth, at, $"interleave, pulls {string.Join(' ', interleave.Pulls)}");
                Write(interleave.Streams, at, depth + 1);
                WriteAll("between", interleave.Between, $"{at}.b*", depth + 1);
                WriteAll("after", interleave.After, $"{at}.a", depth + 1);
                break;
            case Step.Handoff handoff:
                Line(depth, at, $"made within {handoff.Makers} spans, {handoff.Kept} kept, pulled within {handoff.Pullers}, "
                    + $"{handoff.Consumption.Style}, {handoff.Consumption.Take?.ToString() ?? "all"}");
                WriteConsumption(handoff.Consumption, at, depth + 1);
                break;
            default:
                Line(depth, at, step.GetType().Name.ToLowerInvariant());
                break;
        }
    }

    private void WriteConsumption(Step.Consume consume, string at, int depth)
    {
        Write(consume.Stream, at, depth);
        WriteAll("between", consume.Between, $"{at}.b*", depth);
        WriteAll("after", consume.After, $"{at}.a", depth);
    }

    private void WriteAll(string title, IReadOnlyList<Step> steps, string at, int depth)
    {
        if (steps.Count > 0)
        {
            Line(depth, at, title);
            Write(steps, at, depth + 1);
        }
    }

    private void Write(IReadOnlyList<StreamPlan> streams, string at, int depth)
    {
        for (var i = 0; i < streams.Count; i++)
        {
            Write(streams[i], $"{at}.{i}", depth);
        }
    }

    private void Write(StreamPlan stream, string at, int depth)
    {
        var traced = stream.Layers == 0 ? "not traced" : $"traced {stream.Layers} times";
        Line(depth, at, $"stream, {traced}{Root(stream.UnderRoot)}");
        at += ".s";
        depth++;
        switch (stream.Source)
        {
            case Source.Scripted scripted:
                Line(depth, at, scripted.ByHand ? "enumerator by hand" : "iterator");
                Write(scripted.Items, at, depth + 1);
                WriteAll("finally", scripted.Finally, $"{at}.f", depth + 1);
                break;
            case Source.Relay relay:
                Line(depth, at, $"relay{(relay.MadeInside ? ", makes its stream itself" : "")}");
                Write([relay.Inner], at, depth + 1);
                WriteAll("between", relay.Between, $"{at}.b*", depth + 1);
                break;
            case Source.Merged merged:
                Line(depth, at, $"merged{(merged.MadeInside ? ", makes its streams itself" : "")}");
                Write(merged.Parts, at, depth + 1);
                break;
        }
    }

    private void Write(IReadOnlyList<Item> items, string at, int depth)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var here = $"{at}.{i}";
            switch (items[i])
            {
                case Item.Work work:
                    Line(depth, here, "work");
                    Write(work.Body, here, depth + 1);
                    break;
                case Item.Chunk chunk:
                    Line(depth, here, $"yield{(chunk.Gate == GateKind.None ? "" : $", gate {chunk.Gate}")}");
                    break;
                case Item.Hold hold:
                    Line(depth, here, $"hold {hold.Kind}{Root(hold.UnderRoot)}");
                    Write(hold.Items, here, depth + 1);
                    break;
            }
        }
    }

    private static string Root(bool isUnderRoot) => isUnderRoot ? " under the request" : "";
}
