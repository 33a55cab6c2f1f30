using System.Diagnostics;
using LlmTracing.Middleware.Journal;
using LlmTracing.Tests.Integration.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmTracing.Tests.Integration.Middleware.Journal;

public sealed class SpanEntryTests
{
    private const int Chunks = 100_000;

    [Fact]
    public void OnChunk_WithAJournal_AllocatesNothing()
    {
        using var folder = new TempFolder();
        using var journal = SpanJournal.Open(folder.Path, NullLogger.Instance)!;
        using var span = new Activity("chat").Start();
        var slot = journal.Rent(out var generation);
        var entry = new SpanEntry(span, TimeProvider.System) { Slot = slot, Generation = generation };
        entry.OnChanged();
        Write(entry);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Write(entry);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(Chunks, entry.Progress!.Value.Chunks);
    }

    private static void Write(SpanEntry entry)
    {
        var reading = new ChunkReading { Model = "gpt-4o-mini-2024-07-18" };
        for (var chunk = 1; chunk <= Chunks; chunk++)
        {
            reading.Update(new LlmUsage(100, chunk / 2));
            entry.OnProgress(chunk, reading);
        }
    }
}
