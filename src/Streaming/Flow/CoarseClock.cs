namespace LlmTracing.Streaming.Flow;

/// <summary>Tells milliseconds for a fraction of what an exact time costs, so that every chunk can ask.</summary>
internal readonly struct CoarseClock(TimeProvider time)
{
    private readonly TimeProvider? _other = ReferenceEquals(time, TimeProvider.System) ? null : time;

    public long Milliseconds => _other is null ? Environment.TickCount64 : (long)_other.GetElapsedTime(0).TotalMilliseconds;
}
