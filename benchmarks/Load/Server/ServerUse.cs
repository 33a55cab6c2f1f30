namespace LlmTracing.Benchmarks.Load.Server;

/// <summary>What the server's process has used since it began.</summary>
/// <param name="CpuMicroseconds">Time of all its processors.</param>
/// <param name="AllocatedBytes">All that was allocated.</param>
/// <param name="LiveBytes">What is in use after a collection, if one was asked for.</param>
/// <param name="OpenStreams">How many streams are being read.</param>
internal sealed record ServerUse(double CpuMicroseconds, long AllocatedBytes, long LiveBytes, int OpenStreams)
{
    public static ServerUse Now(bool collects)
    {
        if (collects)
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        return new ServerUse(
            Environment.CpuUsage.TotalTime.TotalMicroseconds,
            GC.GetTotalAllocatedBytes(precise: true),
            collects ? GC.GetTotalMemory(forceFullCollection: false) : 0,
            Chunks.Open);
    }
}
