using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace LlmTracing.Middleware.Journal;

/// <summary>One open span: what its stream has told so far, in memory, and in the journal if it has a slot there.</summary>
internal sealed class SpanEntry(Activity span, TimeProvider time) : ISpanProgress
{
    // Only streams have one.
    private StrongBox<StreamProgress>? _progress;

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
            if (Volatile.Read(ref _progress) is not { } told)
            {
                return null;
            }

            lock (told)
            {
                return told.Value;
            }
        }
    }

    public void OnChanged() => Slot?.Write(Generation, this, time.GetUtcNow());

    public void OnProgress(long chunks, in ChunkReading reading)
    {
        var sign = new LifeSign(time.GetUtcNow(), chunks);
        var usage = reading.Usage;
        if (_progress is not { } told)
        {
            told = new(new StreamProgress(sign.At, chunks, usage, reading.Model));
            Volatile.Write(ref _progress, told);
            Slot?.Write(Generation, told.Value);
            return;
        }

        var isAllTold = told.Value.IsToldBy(usage, reading.Model);
        lock (told)
        {
            told.Value = isAllTold ? told.Value.At(sign) : new StreamProgress(sign.At, chunks, usage, reading.Model);
        }

        if (isAllTold)
        {
            Slot?.Write(Generation, sign);
        }
        else
        {
            Slot?.Write(Generation, told.Value);
        }
    }
}
