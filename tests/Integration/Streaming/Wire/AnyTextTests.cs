using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Streaming.Wire;

/// <summary>Any text survives the wire, read by three parsers that know nothing of each other.</summary>
public sealed class AnyTextTests(Browser browser)
{
    // For longer runs; one that failed is printed whole, and as little as it can be.
    private static readonly int Streams =
        int.Parse(Environment.GetEnvironmentVariable("STREAMS") ?? "300", CultureInfo.InvariantCulture);

    private static readonly string Mebibyte = new('x', 1024 * 1024);

    private static readonly WireStream[] Known =
    [
        new([]),
        new([new("")], OpenAiDone: true),
        new([new(""), new(""), new("x")]),
        new([new("\n")]),
        new([new("\n"), new("\r\n"), new("\r"), new("\n\n\n")]),
        new([new("\n\nfirst two lines are empty")]),
        new([new("last two are empty\n\n")]),
        new([new("\ufeff"), new("\ufeff\ufeffx")]),
        new([new("\0"), new(" x "), new("  "), new(": x"), new("data: x\nevent: y\nid: 1\n\n")]),
        new([new("a\ud83d", Waits: true), new("\ude00b", Waits: true)]),
        new([new("a\r", Waits: true), new("\nb", Waits: true)]),
        new([new("a\ud83d", "delta", "1"), new("\ude00b", "thought", "2")]),
        new([new("a\ud83d", "delta", "1")], OpenAiDone: true),
        new([new(Mebibyte), new("y" + Mebibyte + "\ud83d"), new("\ude00" + Mebibyte)]),
        new([new(string.Concat(Enumerable.Repeat("\r\n\n\r", 16 * 1024)))]),
        new([new("x" + string.Concat(Enumerable.Repeat("😀", 512 * 1024)))]),
    ];

    [Theory]
    [InlineData(EventReaderKind.SseParser)]
    [InlineData(EventReaderKind.EventSourceParser)]
    [InlineData(EventReaderKind.EventSource)]
    public async Task TracedSse_KnownStreams_AreReadAsStreamed(EventReaderKind reader)
    {
        await using var host = await WireHost.StartAsync(reader, browser);

        foreach (var stream in Known)
        {
            await host.CheckAsync(stream);
        }
    }

    [Theory]
    [InlineData(EventReaderKind.SseParser)]
    [InlineData(EventReaderKind.EventSourceParser)]
    [InlineData(EventReaderKind.EventSource)]
    public async Task TracedSse_RandomStreams_AreReadAsStreamed(EventReaderKind reader)
    {
        await using var host = await WireHost.StartAsync(reader, browser);
        var everyStream = Prop.ForAll(WireStreams.Random, stream => host.CheckAsync(stream));

        // FsCheck blocks the thread that it runs on, which should not be one that the streams need.
        await Task.Factory.StartNew(
            () => Check.One(Config.QuickThrowOnFailure.WithMaxTest(Streams), everyStream),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    [Theory]
    [InlineData(EventReaderKind.SseParser)]
    [InlineData(EventReaderKind.EventSourceParser)]
    [InlineData(EventReaderKind.EventSource)]
    public async Task TracedSse_ForgedIdAfterHalfAPair_ReadsAsAnError(EventReaderKind reader)
    {
        await using var host = await WireHost.StartAsync(reader, browser);

        var events = await host.ReadAsync(new WireStream([new("a\ud83d", "delta", "1"), new("\ude00", "delta", "2\0")]));

        Assert.Equal(
            [new("delta", "1", "a"), new("delta", "1", "\ufffd")], events.SkipLast(1));
        Assert.Equal(("error", "1"), (events[^1].Type, events[^1].Id));
    }
}
