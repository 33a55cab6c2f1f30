using System.Diagnostics;
using LlmTracing.Streaming;
using LlmTracing.Streaming.Accounts;
using LlmTracing.Streaming.Content;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Telemetry;
using Microsoft.Extensions.AI;

namespace LlmTracing;

/// <summary>One span that is not a stream: a workflow, an agent, a tool's run. Current from its start to its end.</summary>
/// <remarks>
/// Where nobody listens it has no <see cref="Activity"/>, and every member does nothing. Every member may be called from
/// any thread; once the span has ended, none changes it any more.
/// </remarks>
public sealed class LlmSpan : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Activity? _before;

    // The span, or what stands in for one that is not recorded.
    private readonly Activity? _current;
    private readonly CallAccount? _account;
    private readonly LlmCall? _call;
    private ToldAnswer _told;
    private bool _failed;
    private bool _ended;

    private LlmSpan(StartedSpan started, LlmCall? call)
    {
        (Activity, _current, _before) = started;
        (_call, _account) = (call, CallAccount.Open(call, started.Activity));
    }

    /// <summary>Gets the span itself, or null where nobody listens or the request is not sampled.</summary>
    public Activity? Activity { get; }

    internal static LlmSpan Start<TState>(
        string name,
        ActivityKind kind,
        Activity? parent,
        TState state,
        Action<Activity, TState> describe,
        LlmCall? call = null) =>
        new(StartedSpan.Start(name, kind, parent, state, describe), call);

    /// <summary>Notes the tokens that the span used.</summary>
    /// <param name="usage">Totals; a later call replaces the fields that it knows.</param>
    public void Record(in LlmUsage usage)
    {
        lock (_lock)
        {
            if (_ended || usage.IsEmpty)
            {
                return;
            }

            _told.Add(usage, IsRecording ? Activity : null);
            TellOfChange();
        }
    }

    /// <summary>Notes that the answer asks the app to run a tool.</summary>
    /// <param name="call">
    /// The call, before its tool is run: <see cref="LlmTrace.StartTool"/> links the span of that run to this one, by the id.
    /// A call that is noted again is one.
    /// </param>
    public void RecordToolCall(LlmToolCall call)
    {
        lock (_lock)
        {
            if (IsRecording)
            {
                _told.Add(call, Activity!);
                TellOfChange();
            }
        }
    }

    /// <summary>Marks the span as failed. The first cause stays, whatever else fails after it.</summary>
    /// <param name="exception">
    /// The cause. A cancellation, and whatever is thrown after the request's client has left, is no failure: it only sets
    /// <c>llm_tracing.stream.outcome</c>, to <c>abandoned</c> or <c>client_disconnected</c>.
    /// </param>
    /// <remarks>
    /// The span above is not marked: it failed only if the exception reaches it too. A token does not tell whether a time
    /// limit or a change of mind has cancelled it: for a limit of the app's own to be an error, the outcome
    /// <c>upstream_timed_out</c>, have it throw a <see cref="TimeoutException"/>, as <c>Task.WaitAsync</c> does.
    /// </remarks>
    public void Fail(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        lock (_lock)
        {
            if (_ended || _failed)
            {
                return;
            }

            _failed = true;
            try
            {
                SetFailure(exception);
            }
            catch (Exception fault)
            {
                LogFault(fault);
            }
        }
    }

    /// <summary>Sets an attribute.</summary>
    /// <param name="key">
    /// The attribute's name. An agent's, pipeline's or conversation's goes on to the spans that start beneath from then on.
    /// </param>
    /// <param name="value">A string, number or boolean; null is left out.</param>
    public void Set(string key, object? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        lock (_lock)
        {
            if (value is string model && key == GenAiAttributes.ResponseModel && !_ended)
            {
                _account?.Model = model;
            }

            if (value is not null && IsRecording)
            {
                Activity!.SetTag(key, value);
                TellOfChange();
            }
        }
    }

    /// <summary>Sets an attribute whose value is what users, models or tools said, if the app wants that recorded.</summary>
    /// <param name="key">
    /// The attribute's name, such as <see cref="GenAiAttributes.ToolCallArguments"/> or
    /// <see cref="GenAiAttributes.ToolCallResult"/>.
    /// </param>
    /// <param name="content">
    /// The text, or JSON as text. It is left out unless <see cref="LlmTracingOptions.CaptureContent"/> is on, or the call's own,
    /// redacted and cut as those options say.
    /// </param>
    public void SetContent(string key, string? content)
    {
        if (content is not null && SpanContent.RulesFor(Activity, _call) is { } rules)
        {
            SetContent(key, rules, budget => budget.Take(content));
        }
    }

    /// <summary>Notes what was answered, if the app wants that recorded.</summary>
    /// <param name="answer">
    /// The messages of the answer, such as those of a <c>ChatResponse</c>; become <see cref="GenAiAttributes.OutputMessages"/>.
    /// They are left out, redacted and cut as with <see cref="SetContent(string, string)"/>.
    /// </param>
    public void RecordAnswer(IReadOnlyList<ChatMessage> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (SpanContent.RulesFor(Activity, _call) is { } rules)
        {
            SetContent(GenAiAttributes.OutputMessages, rules, budget => OutputContent.Write(answer, budget));
        }
    }

    /// <summary>Ends the span, and makes the span current that was so before it. A second call does nothing.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
        }

        _account?.Close(_told.Usage);
        if (_current is null)
        {
            return;
        }

        // Stop() sets the current span of whoever calls it, also where that is another flow than the one it began in.
        var current = Activity.Current;
        try
        {
            _current.Stop();
        }
        catch (Exception exception)
        {
            LogFault(exception);
        }

        Activity.Current = ReferenceEquals(current, _current) ? SpanParent.NearestOpen(_before) : current;
    }

    /// <summary>Makes the span current for the calling flow.</summary>
    internal void Enter()
    {
        if (_current is { IsStopped: false })
        {
            Activity.Current = _current;
        }
    }

    /// <summary>Makes the span current again that was so before this one, which goes on elsewhere.</summary>
    internal void Leave()
    {
        if (_current is not null && ReferenceEquals(Activity.Current, _current))
        {
            Activity.Current = SpanParent.NearestOpen(_before);
        }
    }

    private bool IsRecording => !_ended && Activity is { IsAllDataRequested: true };

    private void SetFailure(Exception exception)
    {
        _account?.Failure = exception;
        if (Activity is not null)
        {
            SpanFailure.Set(Activity, exception);
        }
    }

    private void SetContent(string key, ContentRules rules, Func<ContentBudget, string?> write)
    {
        try
        {
            var budget = new ContentBudget(rules);
            Set(key, write(budget));
            Set(LlmTracingAttributes.ContentCut, budget.HasCut ? true : null);
        }
        catch (Exception exception)
        {
            Log.ContentFailed(Log.For(CurrentRequest.Loggers), exception);
        }
    }

    private void TellOfChange()
    {
        if (IsRecording)
        {
            SpanProgress.TellOfChange(Activity!);
        }
    }

    // Another listener's, or an exception's that cannot be printed: the app's own code goes on.
    private static void LogFault(Exception exception) =>
        Log.TracingFailed(Log.For(CurrentRequest.Loggers), exception);
}
