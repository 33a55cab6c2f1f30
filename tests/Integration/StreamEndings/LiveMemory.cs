namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>What of the process's managed memory is in use.</summary>
internal static class LiveMemory
{
    public static long Measure()
    {
        // What has a finalizer is gone only at the second time, and what it held at the third.
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        // What survived the last one. GC.GetTotalMemory deducts what threads may still allocate, and can be negative.
        return GC.GetGCMemoryInfo(GCKind.FullBlocking).PromotedBytes;
    }
}
