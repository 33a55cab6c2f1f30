using System.Diagnostics;
using LlmTracing.SentryExporter.Delivery;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Telemetry;
using LlmTracing.Tests.Integration.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmTracing.Tests.Integration.Delivery;

/// <summary>Envelopes on disk: shared by processes, left by dead ones, torn, and more than there is room for.</summary>
public sealed class SpoolTests
{
    private static readonly Envelope Kept = new(Envelope.Transaction, 3, [.. Enumerable.Range(0, 200).Select(static i => (byte)i)]);

    [Fact]
    public async Task Spool_LeftByAProcess_IsDeliveredByTheNextOldestFirst()
    {
        using var folder = new TempFolder();
        await using var ingest = await SentryIngest.StartAsync();
        var port = ingest.Port;
        await ingest.DisposeAsync();
        FinishedTransaction[] made;
        await using (var first = await DeliveryApp.StartAsync(ingest.Dsn, folder.Path))
        {
            made = first.Accept(50);
            await first.StopAsync();
        }

        var modes = Modes(folder.Path);
        await using var back = await SentryIngest.StartAsync(port);
        await using var next = await DeliveryApp.StartAsync(back.Dsn, folder.Path, static options => options.Senders = 1);
        var arrived = await back.TakeAsync(made.Length);
        await next.WhenCountedAsync(SentryExporterMetrics.Sent, made.Length);
        await next.DisposeAsync();

        Assert.Equal(
            made.Select(static transaction => transaction.TraceId.ToHexString()),
            arrived.Select(static transaction => transaction.TraceId));
        Assert.Single(next.Logs.Of("SpoolInherited"));
        back.AssertNoMore();
        Assert.Empty(Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(["-rw-------", "drwx------"], modes);
        }
    }

    [Fact]
    public async Task Spool_LeftForDays_IsReportedInsteadOfDelivered()
    {
        const int made = 3;
        using var folder = new TempFolder();
        await using var ingest = await SentryIngest.StartAsync();
        var port = ingest.Port;
        await ingest.DisposeAsync();
        await using (var first = await DeliveryApp.StartAsync(ingest.Dsn, folder.Path))
        {
            first.Accept(made);
            await first.StopAsync();
        }

        var later = new TestClock();
        later.Advance(TimeSpan.FromDays(4));
        await using var back = await SentryIngest.StartAsync(port);
        await using var next = await DeliveryApp.StartAsync(back.Dsn, folder.Path, time: later);
        later.Advance(TimeSpan.FromMinutes(1));
        await next.WhenCountedAsync($"{SentryExporterMetrics.Dropped} cache_overflow", made);
        await next.StopAsync();

        back.AssertNoMore();
        Assert.Equal(
            [("cache_overflow", made)],
            back.ClientReports.SelectMany(static report => report.GetProperty("discarded_events").EnumerateArray())
                .Where(static entry => entry.GetProperty("category").GetString() == "transaction")
                .Select(static entry => (entry.GetProperty("reason").GetString()!, entry.GetProperty("quantity").GetInt32())));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.envelope", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Spool_SharedByLivingProcesses_NoneSendsWhatIsTheOthers()
    {
        using var folder = new TempFolder();
        var gone = await SentryIngest.StartAsync();
        var port = gone.Port;
        await gone.DisposeAsync();
        await using var first = await DeliveryApp.StartAsync(gone.Dsn, folder.Path);
        await using var second = await DeliveryApp.StartAsync(gone.Dsn, folder.Path);
        var made = first.Accept(30).Concat(second.Accept(30)).ToArray();
        await first.WhenCountedAsync(SentryExporterMetrics.Spooled, 30);
        await second.WhenCountedAsync(SentryExporterMetrics.Spooled, 30);

        await using var ingest = await SentryIngest.StartAsync(port);
        await using var third = await DeliveryApp.StartAsync(ingest.Dsn, folder.Path);
        var arrived = await ingest.TakeAsync(60, TimeSpan.FromSeconds(30));
        await first.WhenCountedAsync(SentryExporterMetrics.Sent, 30);
        await second.WhenCountedAsync(SentryExporterMetrics.Sent, 30);
        await Task.WhenAll(first.StopAsync(), second.StopAsync(), third.StopAsync());

        Assert.Equal(Ids(made), arrived.Select(static transaction => transaction.TraceId).Order());
        Assert.Equal(0, third.Sent);
        ingest.AssertNoMore();
    }

    [Fact]
    public void Spool_Full_GivesUpTheOldest()
    {
        using var folder = new TempFolder();
        using var spool = Open(folder.Path, maxBytes: 1_000);

        var dropped = 0;
        for (var i = 0; i < 10; i++)
        {
            Assert.True(spool.TryAdd(Kept with { Spans = i }, out var given));
            dropped += given.Count;
        }

        Assert.True(spool.TryTake(out _, out var oldest, out _));
        Assert.Equal(dropped, oldest.Spans);
        Assert.InRange(dropped, 6, 7);
    }

    [Fact]
    public void TryAdd_DiskTakesNothingForAWhile_RestsAndTriesAgain()
    {
        using var folder = new TempFolder();
        var (root, clock) = (Path.Combine(folder.Path, "spool"), new TestClock());
        using var spool = Open(root, time: clock);
        Assert.True(spool.TryAdd(Kept, out _));

        Directory.Delete(root, recursive: true);
        File.WriteAllText(root, "in the way");
        Assert.False(spool.TryAdd(Kept, out _));
        Assert.False(spool.IsEnabled);
        File.Delete(root);
        Assert.False(spool.TryAdd(Kept, out _));

        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.True(spool.TryAdd(Kept with { Spans = 4 }, out _));
        Assert.True(spool.TryTake(out _, out var kept, out _));
        Assert.Equal(4, kept.Spans);
    }

    [Fact]
    public void Inherit_FolderOfADeadProcess_IsGivenUpOnceItIsEmpty()
    {
        using var folder = new TempFolder();
        var left = Path.Combine(folder.Path, "left");
        Directory.CreateDirectory(left);
        File.WriteAllBytes(Path.Combine(left, ".lock"), []);
        var whole = FileOf(folder.Path, Kept);
        var name = SpoolEntry.NameOf(DateTimeOffset.UnixEpoch, 1);
        File.WriteAllBytes(Path.Combine(left, name), whole);

        // Killed between writing and naming, in the middle of writing, and what was never ours.
        File.WriteAllBytes(Path.Combine(left, SpoolEntry.NameOf(DateTimeOffset.UnixEpoch, 2) + ".tmp"), whole);
        File.WriteAllBytes(Path.Combine(left, SpoolEntry.NameOf(DateTimeOffset.UnixEpoch, 3) + ".tmp"), whole[..^1]);
        File.WriteAllText(Path.Combine(left, "notes.txt"), "foreign");
        using var spool = Open(folder.Path);

        Assert.Equal(3, spool.Inherit());
        for (var i = 0; i < 2; i++)
        {
            Assert.True(spool.TryTake(out var entry, out _, out _));
            spool.Remove(entry);
        }

        Assert.False(spool.TryTake(out _, out _, out _));
        Assert.False(Directory.Exists(left));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(folder.Path, "set-aside")).Length);
        Assert.Equal(0, spool.Inherit());
    }

    [Fact]
    public void TryTake_WaitedForDays_IsTooOld()
    {
        using var folder = new TempFolder();
        var clock = new TestClock();
        using var spool = Open(Path.Combine(folder.Path, "p"), time: clock);
        spool.TryAdd(Kept with { At = clock.GetUtcNow() }, out _);
        spool.TryAdd(Kept with { At = clock.GetUtcNow() }, out _);

        clock.Advance(TimeSpan.FromDays(2));
        Assert.True(spool.TryTake(out _, out _, out var isTooOld));
        Assert.False(isTooOld);
        clock.Advance(TimeSpan.FromDays(1.1));
        Assert.True(spool.TryTake(out _, out _, out isTooOld));
        Assert.True(isTooOld);
    }

    [Fact]
    public void Inherit_FilesCutAtEveryByteOrFlipped_GivesTheIntactAndSetsTheOthersAside()
    {
        using var folder = new TempFolder();
        var whole = FileOf(folder.Path, Kept);
        var random = new Random(4711);
        var (cases, left) = (0, Path.Combine(folder.Path, "project", "left"));
        Directory.CreateDirectory(left);
        File.WriteAllBytes(Path.Combine(left, ".lock"), []);
        var start = Stopwatch.GetTimestamp();

        for (var length = 0; length < whole.Length; length++)
        {
            Put(whole[..length]);
        }

        while (cases < 10_000)
        {
            var flipped = whole.ToArray();
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                flipped[random.Next(flipped.Length)] ^= (byte)random.Next(1, 256);
            }

            // Two flips of one byte may undo each other.
            if (!flipped.AsSpan().SequenceEqual(whole))
            {
                Put(flipped);
            }
        }

        const int intact = 100;
        for (var i = 0; i < intact; i++)
        {
            Put(whole);
        }

        using var spool = Open(Path.Combine(folder.Path, "project"));
        Assert.Equal(cases, spool.Inherit());
        var taken = 0;
        while (spool.TryTake(out var entry, out var envelope, out _))
        {
            Assert.Equal((Kept.Category, Kept.Spans), (envelope.Category, envelope.Spans));
            Assert.Equal(Kept.Bytes, envelope.Bytes);
            spool.Remove(entry);
            taken++;
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{cases} files, {taken} of {intact} intact ones read, in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        Assert.Equal(intact, taken);
        Assert.Equal(cases - intact, Directory.GetFiles(Path.Combine(folder.Path, "project", "set-aside")).Length);
        Assert.False(Directory.Exists(left));

        void Put(byte[] bytes) =>
            File.WriteAllBytes(Path.Combine(left, $"{DateTime.UnixEpoch.Ticks + cases++:D19}-0{SpoolFile.Extension}"), bytes);
    }

    private static Spool Open(string root, long maxBytes = long.MaxValue, TimeProvider? time = null) => new(
        root,
        maxBytes,
        time ?? TimeProvider.System,
        NullLogger.Instance,
        new LossLog(NullLoggerFactory.Instance, time ?? TimeProvider.System));

    private static byte[] FileOf(string folder, Envelope envelope)
    {
        var path = Path.Combine(folder, "one" + SpoolFile.Extension);
        SpoolFile.Write(path, envelope);
        return File.ReadAllBytes(path);
    }

    private static IEnumerable<string> Ids(IEnumerable<FinishedTransaction> made) =>
        made.Select(static transaction => transaction.TraceId.ToHexString()).Order();

    private static string[] Modes(string folder) => OperatingSystem.IsWindows()
        ? []
        : [.. Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Select(static path => ModeOf(path)).Distinct().Order(StringComparer.Ordinal)];

    private static string ModeOf(string path)
    {
        const string letters = "rwxrwxrwx";
        var mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
        return (Directory.Exists(path) ? "d" : "-")
            + string.Concat(letters.Select((letter, i) => ((int)mode & (1 << (8 - i))) != 0 ? letter : '-'));
    }
}
