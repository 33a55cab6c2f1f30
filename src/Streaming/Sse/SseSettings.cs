namespace LlmTracing.Streaming.Sse;

/// <summary>What holds for one response: its own options, else the app's, else what is documented.</summary>
internal sealed class SseSettings(TracedSseOptions response, TracedSseOptions app)
{
    private static readonly DrainLimit DefaultDrainLimit = new();

    public TimeSpan Heartbeat { get; init; } = response.Heartbeat ?? app.Heartbeat ?? TimeSpan.FromSeconds(15);

    public TimeSpan FirstChunkTimeout { get; } =
        response.FirstChunkTimeout ?? app.FirstChunkTimeout ?? TimeSpan.FromMinutes(5);

    public TimeSpan StallTimeout { get; } = response.StallTimeout ?? app.StallTimeout ?? TimeSpan.FromMinutes(2);

    public TimeSpan MaxDuration { get; } = response.MaxDuration ?? app.MaxDuration ?? Timeout.InfiniteTimeSpan;

    public TimeSpan WriteTimeout { get; } = response.WriteTimeout ?? app.WriteTimeout ?? TimeSpan.FromSeconds(30);

    // Time to put away what it has, and still well within a second of the client's leaving.
    public TimeSpan CancellationTimeout { get; } =
        response.CancellationTimeout ?? app.CancellationTimeout ?? TimeSpan.FromMilliseconds(500);

    public bool Drains { get; } = (response.OnDisconnect ?? app.OnDisconnect) == DisconnectBehavior.DrainUpstream;

    public DrainLimit DrainLimit { get; } = response.DrainLimit ?? app.DrainLimit ?? DefaultDrainLimit;

    public SseCompletion Completion { get; } = response.Completion ?? app.Completion ?? SseCompletion.Event;

    public bool EventIds { get; } = response.EventIds ?? app.EventIds ?? false;

    public bool TraceEvent { get; } = response.TraceEvent ?? app.TraceEvent ?? false;

    public TimeSpan? Retry { get; } = response.Retry ?? app.Retry;

    // Long enough for another instance to have taken over.
    public TimeSpan RetryWhenStopping => Retry ?? TimeSpan.FromSeconds(3);

    public bool PeekFirstChunk { get; } = response.PeekFirstChunk ?? app.PeekFirstChunk ?? false;

    public TimeSpan ShutdownGrace { get; } = response.ShutdownGrace ?? app.ShutdownGrace ?? TimeSpan.Zero;
}
