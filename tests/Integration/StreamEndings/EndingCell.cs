namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>One cell of the table: what ends which source when, over which protocol, and what it must leave behind.</summary>
public sealed record EndingCell(EndingShape Shape, Ending Ending, EndingPhase Phase, bool IsHttp2)
{
    /// <summary>Gets every cell there is.</summary>
    public static IEnumerable<EndingCell> All =>
        from isHttp2 in new[] { false, true }
        from shape in Enum.GetValues<EndingShape>()
        from ending in Enum.GetValues<Ending>()
        from phase in Enum.GetValues<EndingPhase>()
        where ending != Ending.ClientDoesNotRead || phase == EndingPhase.DuringBlockedWrite
        select new EndingCell(shape, ending, phase, isHttp2);

    public StreamOutcome Outcome => Ending switch
    {
        Ending.Completed => StreamOutcome.Completed,
        Ending.Failed => StreamOutcome.UpstreamFailed,
        Ending.Stalled or Ending.TooLong => StreamOutcome.UpstreamTimedOut,
        Ending.HostStops => StreamOutcome.ServerStopping,
        Ending.ClientDoesNotRead => StreamOutcome.WriteTimedOut,
        _ => StreamOutcome.ClientDisconnected,
    };

    /// <summary>Gets a value indicating whether the source is read to its end.</summary>
    public bool IsReadToEnd => Ending is Ending.Completed or Ending.Drained;

    /// <summary>Gets how many chunks have come when the ending begins; it is held behind them.</summary>
    public int ChunksBefore => Phase switch
    {
        EndingPhase.BeforeFirstChunk => 0,
        EndingPhase.DuringBlockedWrite => 2,
        _ => 1,
    };

    public long Chunks => IsReadToEnd ? EndingSource.Chunks : ChunksBefore;

    /// <summary>Gets a value indicating whether the source ends at its token, or by itself, and not by being let go.</summary>
    public bool SourceAnswers => Shape is not (EndingShape.IteratorWithoutToken or EndingShape.IgnoringEnumerator);

    /// <summary>Gets the event that the client must read last, where it is still there to read.</summary>
    public string? LastEvent => Ending switch
    {
        Ending.Completed => "done",
        Ending.Failed or Ending.Stalled or Ending.TooLong => "error",
        Ending.HostStops when Phase != EndingPhase.DuringBlockedWrite => "error",
        _ => null,
    };

    public override string ToString() => $"{Ending} {Phase} of {Shape} over HTTP/{(IsHttp2 ? 2 : 1)}";
}
