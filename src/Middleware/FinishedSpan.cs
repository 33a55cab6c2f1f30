using System.Diagnostics;

namespace LlmTracing;

/// <summary>One span that has ended. It does not change any more.</summary>
public sealed record FinishedSpan
{
    /// <summary>Gets the span's own id.</summary>
    public required ActivitySpanId SpanId { get; init; }

    /// <summary>Gets the id of its parent, which for a root is in another service.</summary>
    /// <value>Null for the root of a trace.</value>
    public ActivitySpanId? ParentSpanId { get; init; }

    /// <summary>Gets the name of the activity source that made it, for example <c>System.Net.Http</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Gets its name, for example <c>chat gpt-4o-mini</c> or <c>GET /chat</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets its kind.</summary>
    public ActivityKind Kind { get; init; }

    /// <summary>Gets when it started, in UTC.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Gets when it ended, in UTC; for one that had not, when its transaction was handed on.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>Gets a value indicating whether it had not ended when its transaction was handed on.</summary>
    public bool IsUnfinished { get; init; }

    /// <summary>Gets its status.</summary>
    public ActivityStatusCode Status { get; init; }

    /// <summary>Gets its attributes: strings, numbers, booleans and arrays of them.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Attributes { get; init; } = [];

    /// <summary>Gets the other spans that it is linked to: a tool's run, to the span of the call that asked for it.</summary>
    public IReadOnlyList<FinishedLink> Links { get; init; } = [];

    /// <summary>Gets what it failed with, if an exception did.</summary>
    public FinishedError? Error { get; init; }

    /// <summary>Gets how its stream ended, if it is or has one.</summary>
    public StreamOutcome? Outcome => StreamOutcomeExtensions.FromAttributeValue(this[LlmTracingAttributes.StreamOutcome]);

    /// <summary>Gets an attribute.</summary>
    /// <param name="key">Its name.</param>
    /// <returns>Its value, or null where there is none.</returns>
    public object? this[string key]
    {
        get
        {
            // Not foreach, which makes an object of every look.
            for (var i = 0; i < Attributes.Count; i++)
            {
                if (Attributes[i].Key == key)
                {
                    return Attributes[i].Value;
                }
            }

            return null;
        }
    }
}
