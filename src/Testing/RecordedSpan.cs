using System.Diagnostics;
using LlmTracing.Testing;

namespace LlmTracing;

/// <summary>A span with its place in the tree. It does not change any more.</summary>
public sealed class RecordedSpan
{
    private readonly List<RecordedSpan> _children = [];

    internal RecordedSpan(FinishedSpan finished) => Finished = finished;

    /// <summary>Gets what the app's backends are given.</summary>
    public FinishedSpan Finished { get; }

    /// <summary>Gets its name, for example <c>chat gpt-4o-mini</c>.</summary>
    public string Name => Finished.Name;

    /// <summary>Gets what kind of work it is.</summary>
    /// <value>
    /// <c>gen_ai.operation.name</c> where it has one: <c>chat</c>, <c>execute_tool</c> and the like. Else
    /// <c>http.server</c>, <c>http.client</c>, <c>db</c>, <c>task</c> for any other of LlmTracing's own, or <c>other</c>.
    /// </value>
    public string Operation => SpanOperation.Of(Finished);

    /// <summary>Gets its tokens.</summary>
    /// <value>Empty where it reported none.</value>
    public LlmUsage Usage => RecordedUsage.OfCall(Finished);

    /// <summary>Gets how its stream ended, if it is or has one.</summary>
    public StreamOutcome? Outcome => Finished.Outcome;

    /// <summary>Gets its status.</summary>
    public ActivityStatusCode Status => Finished.Status;

    /// <summary>Gets what it failed with, if an exception did.</summary>
    public FinishedError? Error => Finished.Error;

    /// <summary>Gets a value indicating whether it had not ended when its transaction was handed on.</summary>
    public bool IsUnfinished => Finished.IsUnfinished;

    /// <summary>Gets its kind.</summary>
    public ActivityKind Kind => Finished.Kind;

    /// <summary>Gets the name of the activity source that made it.</summary>
    public string Source => Finished.Source;

    /// <summary>Gets its own id.</summary>
    public ActivitySpanId SpanId => Finished.SpanId;

    /// <summary>Gets the id of its parent, which for a root is in another service.</summary>
    /// <value>Null for the root of a trace.</value>
    public ActivitySpanId? ParentSpanId => Finished.ParentSpanId;

    /// <summary>Gets when it started, in UTC.</summary>
    public DateTimeOffset Start => Finished.Start;

    /// <summary>Gets when it ended, in UTC; for one that had not, when its transaction was handed on.</summary>
    public DateTimeOffset End => Finished.End;

    /// <summary>Gets how long it took.</summary>
    public TimeSpan Duration => End - Start;

    /// <summary>Gets its attributes: strings, numbers, booleans and arrays of them.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Attributes => Finished.Attributes;

    /// <summary>Gets the other spans that it is linked to: a tool's run, to the span of the call that asked for it.</summary>
    public IReadOnlyList<FinishedLink> Links => Finished.Links;

    /// <summary>Gets the span directly above it.</summary>
    /// <value>Null for the root, and for a span whose parent was not recorded.</value>
    public RecordedSpan? Parent { get; private set; }

    /// <summary>Gets the spans directly beneath it, by their start.</summary>
    public IReadOnlyList<RecordedSpan> Children => _children;

    /// <summary>Gets all spans beneath it: each child followed by its own.</summary>
    public IEnumerable<RecordedSpan> Descendants =>
        _children.SelectMany(static child => child.Descendants.Prepend(child));

    /// <summary>Gets an attribute.</summary>
    /// <param name="key">Its name.</param>
    /// <returns>Its value, or null where there is none.</returns>
    public object? this[string key] => Finished[key];

    /// <summary>Gives the span and all beneath it as text, in the form of <see cref="RecordedTransaction.Tree"/>.</summary>
    public override string ToString() => SpanTree.Draw(this, [], dropped: 0);

    internal void AddTo(RecordedSpan parent)
    {
        Parent = parent;
        parent._children.Add(this);
    }
}
