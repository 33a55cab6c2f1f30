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

    [Fact]
    public void OnProgress_SameChunkAgainAndAgain_LastSignIsTheLast()
    {
        using var folder = new TempFolder();
        using var journal = SpanJournal.Open(folder.Path, NullLogger.Instance)!;
        using var span = new Activity("chat").Start();
        var clock = new TestClock();
        var slot = journal.Rent(out var generation);
        var entry = new SpanEntry(span, clock) { Slot = slot, Generation = generation };
        entry.OnChanged();

        // As a gateway does, whose pieces need not be chunks.
        for (var piece = 0; piece < 4; piece++)
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            entry.OnProgress(5, default);

            using var copies = new TempFolder();
            LiveJournal.Copy(Assert.Single(folder.Files), Path.Combine(copies.Path, "copy"));
            using var copy = File.OpenRead(Assert.Single(copies.Files));
            var progress = Assert.Single(JournalContents.Read(copy).Records).Progress;
            Assert.Equal((5, clock.GetUtcNow()), (progress!.Value.Chunks, progress.Value.LastSign));
        }
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
