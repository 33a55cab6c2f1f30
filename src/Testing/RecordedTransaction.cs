using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using LlmTracing.Testing;

namespace LlmTracing;

/// <summary>A transaction as a tree of spans, with what a test asks of it. It does not change any more.</summary>
public sealed class RecordedTransaction
{
    private readonly RecordedSpan[] _orphans;

    internal RecordedTransaction(FinishedTransaction finished)
    {
        Finished = finished;
        Root = new RecordedSpan(finished.Root);
        Spans = [.. finished.Spans.Select(static span => new RecordedSpan(span))];

        var byId = Spans.Prepend(Root).ToDictionary(static span => span.SpanId);
        foreach (var span in Spans)
        {
            if (span.ParentSpanId is { } id && byId.TryGetValue(id, out var parent))
            {
                span.AddTo(parent);
            }
        }

        _orphans = [.. Spans.Where(static span => span.Parent is null)];
    }

    /// <summary>Gets what the app's backends are given.</summary>
    public FinishedTransaction Finished { get; }

    /// <summary>Gets the trace, which the last event of a traced stream names too.</summary>
    public ActivityTraceId TraceId => Finished.TraceId;

    /// <summary>Gets the span of the request itself, or of whatever else the transaction began with.</summary>
    public RecordedSpan Root { get; }

    /// <summary>Gets all spans beneath the root, by their start.</summary>
    public IReadOnlyList<RecordedSpan> Spans { get; }

    /// <summary>Gets its name, for example <c>GET /chat</c>.</summary>
    public string Name => Root.Name;

    /// <summary>Gets how the streamed response ended.</summary>
    /// <value>Null where the request streamed none.</value>
    public StreamOutcome? Outcome => Finished.Outcome;

    /// <summary>Gets the tokens of all its calls to models: input, output and total.</summary>
    /// <value>Empty where no call reported any. Cached and reasoning tokens are on the spans of the calls.</value>
    public LlmUsage Usage => RecordedUsage.OfTransaction(Finished.Root);

    /// <summary>Gets how many calls to models were made.</summary>
    public int Calls => Root[LlmTracingAttributes.Calls] as int? ?? 0;

    /// <summary>Gets how many spans were left out because the transaction had too many.</summary>
    public int DroppedSpans => Finished.DroppedSpans;

    /// <summary>Gets the whole as text: a line for each span, a child two columns in, siblings by their start.</summary>
    /// <remarks>
    /// A line is the span's name and operation, then its outcome, its tokens and its error, as far as it has them. There
    /// are neither times nor ids in it, so that a test can compare all of a tree at once.
    /// </remarks>
    /// <example>
    /// <code>
    /// GET /chat [http.server] completed, 286 in, 82 out
    ///   execute_tool search_docs [execute_tool]
    ///   chat demo-docs-1 [chat] completed, 286 in, 82 out
    /// </code>
    /// </example>
    public string Tree => SpanTree.Draw(Root, _orphans, DroppedSpans);

    internal bool IsRequest => Finished.IsRequest;

    /// <summary>Gives the one span of an operation, the root included.</summary>
    /// <param name="operation">As <see cref="RecordedSpan.Operation"/> says it, for example <c>chat</c>.</param>
    /// <exception cref="InvalidOperationException">There is none, or more than one; the message draws the tree.</exception>
    [SuppressMessage("Naming", "CA1720", Justification = "Single is what LINQ and the test frameworks call it.")]
    public RecordedSpan Single(string operation) => Only([.. OfOperation(operation)], $"of operation {operation}");

    /// <summary>Gives the one span of a name, the root included.</summary>
    /// <param name="name">Its name, for example <c>chat gpt-4o-mini</c>.</param>
    /// <exception cref="InvalidOperationException">There is none, or more than one; the message draws the tree.</exception>
    public RecordedSpan SingleNamed(string name) => Only([.. Where(span => span.Name == name)], $"named {name}");

    /// <summary>Gives the spans of an operation, the root included, by their start.</summary>
    /// <param name="operation">As <see cref="RecordedSpan.Operation"/> says it, for example <c>http.client</c>.</param>
    public IReadOnlyList<RecordedSpan> OfOperation(string operation) =>
        [.. Where(span => span.Operation == operation)];

    /// <inheritdoc cref="Tree"/>
    public override string ToString() => Tree;

    private IEnumerable<RecordedSpan> Where(Func<RecordedSpan, bool> isWanted) => Spans.Prepend(Root).Where(isWanted);

    private RecordedSpan Only(RecordedSpan[] found, string wanted) => found is [var only]
        ? only
        : throw new InvalidOperationException(
            $"{(found.Length == 0 ? "No span is" : $"{found.Length} spans are")} {wanted} in:\n\n{Tree}");
}
