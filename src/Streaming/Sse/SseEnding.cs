using System.Diagnostics;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Streaming.Sse;

/// <summary>Tells how a stream ended: the transaction, the log, and the client in its last event.</summary>
internal sealed class SseEnding(
    HttpContext context, SseSettings settings, IStreamWire wire, StreamTrace trace, SseOutput output)
{
    private readonly Activity? _transaction = SseProblem.TransactionOf(context);

    private string? TraceId => (_transaction ?? trace.Activity)?.TraceId.ToHexString();

    private bool IsErrorPassedOn =>
        wire.PassesErrorsOn && trace is { RanToEnd: true, Outcome: StreamOutcome.UpstreamFailed };

    public async Task TellAsync()
    {
        var isWhole = trace is { RanToEnd: true, Outcome: null } || IsErrorPassedOn;
        if (isWhole)
        {
            await CompleteAsync();
        }

        var outcome = trace.Outcome!.Value;
        Record(outcome);
        if (output.Fault is not null || (isWhole && wire.PassesErrorsOn))
        {
            return;
        }

        if (trace.Failure is { } failure)
        {
            await WriteErrorAsync(outcome, SseProblem.StatusOf(failure, outcome), MessageOf(failure), retry: null);
        }
        else if (outcome == StreamOutcome.ServerStopping)
        {
            await WriteErrorAsync(
                outcome, StatusCodes.Status503ServiceUnavailable, SseProblem.StoppingMessage, settings.RetryWhenStopping);
        }
        else if (outcome != StreamOutcome.Completed && !output.IsOpen)
        {
            // For logs and metrics alone: there is nobody any more to answer.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
    }

    /// <summary>Writes the last of a whole answer. Only with it is the answer complete.</summary>
    private async Task CompleteAsync()
    {
        await output.TryAsync(async () =>
        {
            output.Open();
            wire.Complete(output.Frames, trace, TraceId);
            await output.FlushAsync();
        });
        trace.Complete();
    }

    // What is recorded may fail, by a logger's fault or an exception's that cannot describe itself. The client is told.
    private void Record(StreamOutcome outcome)
    {
        try
        {
            MarkTransaction(outcome);
            WriteLog(outcome);
        }
        catch (Exception exception)
        {
            Log.TracingFailed(Log.For(trace.Loggers), exception);
        }
    }

    private void MarkTransaction(StreamOutcome outcome)
    {
        if (_transaction is { IsAllDataRequested: true })
        {
            _transaction.SetTag(LlmTracingAttributes.StreamOutcome, outcome.ToAttributeValue());
        }

        if (trace.Failure is { } failure)
        {
            _transaction?.SetFailedBeneath(failure);
        }
        else if (outcome == StreamOutcome.ServerStopping)
        {
            _transaction?.SetStopped();
        }
    }

    private void WriteLog(StreamOutcome outcome)
    {
        var logger = Log.For(trace.Loggers);
        if (trace.Failure is { } failure)
        {
            WriteFailureInCall(logger, failure);
        }
        else if (outcome == StreamOutcome.WriteTimedOut)
        {
            Log.ClientDidNotRead(logger, TraceId, settings.WriteTimeout);
        }
        else if (outcome == StreamOutcome.ServerStopping)
        {
            Log.StreamStopped(logger, TraceId);
        }
        else if (outcome != StreamOutcome.Completed)
        {
            Log.StreamEndedEarly(logger, TraceId, outcome);
        }
    }

    // It is of the call, whose span ends with its source, after these last words: whoever takes errors from logs asks for it.
    private void WriteFailureInCall(ILogger logger, Exception failure)
    {
        var current = Activity.Current;
        if (trace.Activity is { IsStopped: false } call)
        {
            Activity.Current = call;
        }

        try
        {
            WriteFailure(logger, failure);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    private void WriteFailure(ILogger logger, Exception failure)
    {
        if (UpstreamFailure.StatusOf(failure) is { } status && RefusalCure.Of(status) is { } cure)
        {
            Log.StreamRefused(logger, failure, TraceId, status, cure);
        }
        else
        {
            Log.StreamFailed(logger, failure, TraceId);
        }
    }

    private async Task WriteErrorAsync(StreamOutcome outcome, int status, string message, TimeSpan? retry)
    {
        // Only a first chunk that was waited for can have kept the headers back.
        if (!output.IsOpen)
        {
            await SseProblem.WriteAsync(context, status, message, outcome, retry);
            return;
        }

        var error = new SseError(outcome.ToAttributeValue(), message, TraceId);
        await wire.CutShortAsync(output, error, retry);
    }

    // An exception's text may name hosts, keys or prompts: it is for the developer's own eyes.
    private string MessageOf(Exception failure)
    {
        if (context.RequestServices.GetService<IHostEnvironment>()?.IsDevelopment() != true || failure.Message is not { } text)
        {
            return "The response could not be completed.";
        }

        return UpstreamFailure.StatusOf(failure) is { } status && RefusalCure.Of(status) is { } cure ? $"{cure} {text}" : text;
    }
}
