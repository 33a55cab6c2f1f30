namespace LlmTracing.Tests.Unit.Support;

/// <summary>A clock that goes only when it is told to.</summary>
internal sealed class SteppingTime : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public void Step(double seconds) => _now += TimeSpan.FromSeconds(seconds).Ticks;
}
