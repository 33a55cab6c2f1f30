using System.Diagnostics;
using LlmTracing.Streaming.Content;
using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Streaming.Flow;

/// <summary>Writes what is known of a stream at its end to its span.</summary>
internal static class StreamAttributes
{
    public static void Set(Activity span, LlmCall call, StreamTrace trace)
    {
        var outcome = trace.Outcome!.Value;
        if (trace.Failure is { } failure)
        {
            span.SetFailure(failure);
        }
        else if (outcome == StreamOutcome.ServerStopping)
        {
            span.SetStopped();
        }

        if (!span.IsAllDataRequested)
        {
            return;
        }

        var reading = trace.Reading;
        span.SetKnown(GenAiAttributes.ResponseModel, reading.Model ?? call.Model);
        span.SetKnown(GenAiAttributes.ResponseId, reading.ResponseId);
        SetFinishReasons(span, reading, outcome);
        span.SetTag(LlmTracingAttributes.StreamOutcome, outcome.ToAttributeValue());
        trace.Account?.Usage.WriteTo(span);
        ToolCallList.Write(span, reading.ToolCalls);
        span.SetTag(LlmTracingAttributes.StreamChunks, trace.Chunks);
        SetContent(span, reading, outcome);
        SetPace(span, trace.Pace);
        SetWriting(span, trace);
    }

    private static void SetFinishReasons(Activity span, in ChunkReading reading, StreamOutcome outcome)
    {
        var reasons = reading.FinishReasons;
        if (reasons.Count > 0 || outcome != StreamOutcome.Completed)
        {
            span.SetTag(GenAiAttributes.ResponseFinishReasons, reasons.Count > 0 ? reasons.ToArray() : ["error"]);
        }
    }

    private static void SetContent(Activity span, in ChunkReading reading, StreamOutcome outcome)
    {
        try
        {
            if (reading.Content is { } answer)
            {
                OutputContent.Set(span, answer, reading, isComplete: outcome == StreamOutcome.Completed);
            }
        }
        catch (Exception exception)
        {
            // What else is known of the stream is not to be lost with it.
            Log.ContentFailed(Log.For(CurrentRequest.Loggers), exception);
        }
    }

    private static void SetPace(Activity span, StreamPace pace)
    {
        if (pace.Chunks > 0)
        {
            span.SetTag(GenAiAttributes.ResponseTimeToFirstChunk, pace.TimeToFirstChunk.TotalSeconds);
        }

        if (pace.Chunks > 1 || pace.LongestGap > TimeSpan.Zero)
        {
            span.SetTag(LlmTracingAttributes.StreamLongestGap, pace.LongestGap.TotalSeconds);
        }
    }

    private static void SetWriting(Activity span, StreamTrace trace)
    {
        if (trace.Writing is { } writing)
        {
            span.SetTag(LlmTracingAttributes.StreamWriteWait, writing.Wait.TotalSeconds);
            span.SetTag(LlmTracingAttributes.StreamBytes, writing.Bytes);
        }

        if (trace.IsDrained)
        {
            span.SetTag(LlmTracingAttributes.StreamDrained, trace.RanToEnd);
        }
    }
}
