namespace LlmTracing.Middleware.Journal;

/// <summary>How far a stream has come.</summary>
/// <param name="LastSign">When its last chunk came, in UTC.</param>
/// <param name="Chunks">How many chunks came.</param>
/// <param name="Usage">The tokens that it has reported.</param>
/// <param name="Model">The model that answers, if it is known.</param>
internal readonly record struct StreamProgress(DateTimeOffset LastSign, long Chunks, LlmUsage Usage, string? Model)
{
    private const int TokenFields = 6;

    // Left out where it is longer: half a name is another model's.
    private const int MostModelBytes = JournalLayout.ProgressSize - JournalLayout.HeadSize - 72;

    /// <summary>Gives the same, gone on to a later chunk.</summary>
    public StreamProgress At(in LifeSign sign) => this with { LastSign = sign.At, Chunks = sign.Chunks };

    /// <summary>Tells whether a stream has told nothing since but chunks.</summary>
    public bool IsToldBy(in LlmUsage usage, string? model) => ReferenceEquals(Model, model) && Usage == usage;

    public void Write(ref ByteWriter progress)
    {
        progress.Write(LastSign.UtcTicks);
        progress.Write(Chunks);
        var knownAt = progress.Position;
        progress.Write((byte)0);
        var known = 0;
        WriteTokens(ref progress, Usage.InputTokens, 0, ref known);
        WriteTokens(ref progress, Usage.OutputTokens, 1, ref known);
        WriteTokens(ref progress, Usage.CachedInputTokens, 2, ref known);
        WriteTokens(ref progress, Usage.CacheWriteInputTokens, 3, ref known);
        WriteTokens(ref progress, Usage.ReasoningTokens, 4, ref known);
        WriteTokens(ref progress, Usage.TotalTokens, 5, ref known);
        var isModelKnown = Model is not null && System.Text.Encoding.UTF8.GetByteCount(Model) <= MostModelBytes;
        progress.Write(isModelKnown ? Model : "", MostModelBytes);
        var end = progress.Position;
        progress.Position = knownAt;
        progress.Write((byte)known);
        progress.Position = end;
    }

    public static StreamProgress Read(ref ByteReader progress)
    {
        var (lastSign, chunks) = (new DateTimeOffset(progress.ReadInt64(), TimeSpan.Zero), progress.ReadInt64());
        var known = progress.ReadByte();
        Span<long> tokens = stackalloc long[TokenFields];
        for (var i = 0; i < TokenFields; i++)
        {
            tokens[i] = progress.ReadInt64();
        }

        var usage = new LlmUsage(
            Known(tokens, 0), Known(tokens, 1), Known(tokens, 2), Known(tokens, 3), Known(tokens, 4))
        {
            TotalTokens = Known(tokens, 5),
        };
        var model = progress.ReadText();
        return new(lastSign, chunks, usage, model.Length > 0 ? model : null);

        long? Known(Span<long> tokens, int field) => (known & (1 << field)) != 0 ? tokens[field] : null;
    }

    private static void WriteTokens(ref ByteWriter progress, long? tokens, int field, ref int known)
    {
        progress.Write(tokens ?? 0);
        known |= tokens is null ? 0 : 1 << field;
    }
}
