using System.Diagnostics;

namespace LlmTracing.Middleware.Journal;

/// <summary>One open span: what its stream has told so far, in memory, and in the journal if it has a slot there.</summary>
internal sealed class SpanEntry(Activity span, TimeProvider time) : ISpanProgress
{
    private readonly Lock _lock = new();
    private StreamProgress _progress;

    public Activity Span => span;

    /// <summary>Gets the parent that it has in its transaction.</summary>
    public ActivitySpanId? ParentSpanId { get; init; }

    /// <summary>Gets where the root of its transaction is in the journal.</summary>
    public SpanPlace Root { get; init; }

    public bool IsRequest { get; init; }

    /// <summary>Gets what the process says of itself, on the root alone.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Resource { get; init; } = [];

    public JournalSlot? Slot { get; init; }

    public long Generation { get; init; }

    public bool IsRoot => Root.SpanId == span.SpanId;

    /// <summary>Gets how far its stream has come, if it has.</summary>
    public StreamProgress? Progress
    {
        get
        {
            lock (_lock)
            {
                return _progress.Chunks > 0 ? _progress : null;
            }
        }
    }

    public void OnChanged() => Slot?.Write(Generation, this, time.GetUtcNow());

    public void OnProgress(long chunks, in ChunkReading reading)
    {
        var progress = new StreamProgress(time.GetUtcNow(), chunks, reading.Usage, reading.Model);
        lock (_lock)
        {
            _progress = progress;
        }

        Slot?.Write(Generation, progress);
    }
}
