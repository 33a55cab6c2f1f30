using LlmTracing.Benchmarks.Load.Client;
using LlmTracing.Benchmarks.Load.Server;

namespace LlmTracing.Benchmarks.Load.Run;

/// <summary>What one turn of one variant has cost the server, and what its client saw.</summary>
internal sealed record Sample(double CpuPerChunk, double CpuPerRequest, double BytesPerRequest, double BytesPerChunk, LoadSeen Seen)
{
    /// <summary>Gets the live memory of one held stream, in bytes.</summary>
    public double LivePerStream { get; init; }

    /// <summary>Gets the time of the processors for each heartbeat, in microseconds.</summary>
    public double CpuPerBeat { get; init; }

    public static Sample Of(Scenario scenario, ServerUse before, ServerUse after, LoadSeen seen)
    {
        var (cpu, bytes) = (after.CpuMicroseconds - before.CpuMicroseconds, (double)(after.AllocatedBytes - before.AllocatedBytes));
        var chunks = (double)seen.Requests * scenario.Chunks;
        return new Sample(cpu / chunks, cpu / seen.Requests, bytes / seen.Requests, bytes / chunks, seen);
    }
}
