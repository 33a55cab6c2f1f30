using System.Buffers;
using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LlmTracing.Streaming.Sse;

namespace LlmTracing.Tests.Unit.Streaming.Sse;

public sealed class SseFrameWriterTests
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly SseFrameWriter _frames;

    public SseFrameWriterTests() => _frames = new SseFrameWriter(_pipe.Writer);

    [Theory]
    [InlineData("", "data: \n\n")]
    [InlineData("Hello", "data: Hello\n\n")]
    [InlineData(" leading", "data:  leading\n\n")]
    [InlineData("two\nlines", "data: two\ndata: lines\n\n")]
    [InlineData("two\rlines", "data: two\ndata: lines\n\n")]
    [InlineData("two\r\nlines", "data: two\ndata: lines\n\n")]
    [InlineData("a\n\rb", "data: a\ndata: \ndata: b\n\n")]
    [InlineData("a\r\rb", "data: a\ndata: \ndata: b\n\n")]
    [InlineData("trailing\n", "data: trailing\ndata: \n\n")]
    [InlineData("trailing\r", "data: trailing\ndata: \n\n")]
    [InlineData("trailing\r\n", "data: trailing\ndata: \n\n")]
    [InlineData("\n", "data: \ndata: \n\n")]
    [InlineData("\n\nevent: done\n\n", "data: \ndata: \ndata: event: done\ndata: \ndata: \n\n")]
    [InlineData("NUL\0inside", "data: NUL\0inside\n\n")]
    [InlineData("grüße 😀 日本 \u2028 \u0085", "data: grüße 😀 日本 \u2028 \u0085\n\n")]
    public async Task WriteText_Text_GivesOneDataFieldForEachLine(string text, string expected)
    {
        _frames.WriteText(default, text);

        var bytes = Encoding.UTF8.GetBytes(expected);
        Assert.Equal(bytes.Length, _frames.Unflushed);
        Assert.Equal(bytes, await ReadAllAsync());
    }

    [Fact]
    public async Task WriteText_HalfAPairOfSurrogates_IsTheReplacementCharacter()
    {
        // Not as InlineData: an attribute keeps its strings as UTF-8, which has no such thing.
        _frames.WriteText(default, "high \ud83d, low \ude00, parted \ud83d\n\ude00, last \ud83d");

        Assert.Equal(
            "data: high \ufffd, low \ufffd, parted \ufffd\ndata: \ufffd, last \ufffd\n\n", await ReadTextAsync());
    }

    [Theory]
    [InlineData(1024 * 1024)]
    [InlineData((1024 * 1024) + 1)]
    [InlineData((3 * 1024 * 1024) + 1)]
    public async Task WriteText_Megabytes_ArriveWhole(int length)
    {
        // Of odd length and with a pair of surrogates across each power of two.
        var text = string.Create(length, 0, static (text, _) =>
        {
            text[0] = 'x';
            for (var i = 1; i < text.Length; i++)
            {
                text[i] = i == text.Length - 1 ? 'y' : i % 2 == 1 ? '\ud83d' : '\ude00';
            }

            if (text.Length % 2 == 1)
            {
                text[^2] = text[^1] = 'y';
            }
        });

        _frames.WriteText(default, text);

        var expected = Encoding.UTF8.GetBytes($"data: {text}\n\n");
        Assert.Equal(expected.Length, _frames.Unflushed);
        Assert.Equal(expected, await ReadAllAsync());
    }

    [Fact]
    public async Task WriteText_AllFields_AreWrittenBeforeTheData()
    {
        _frames.WriteText(new SseFields("delta", "7", TimeSpan.FromSeconds(2.5)), "Hi");

        Assert.Equal("id: 7\nevent: delta\nretry: 2500\ndata: Hi\n\n", await ReadTextAsync());
    }

    [Fact]
    public async Task WriteText_DefaultEventType_IsLeftOut()
    {
        _frames.WriteText(new SseFields("message"), "Hi");

        Assert.Equal("data: Hi\n\n", await ReadTextAsync());
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    [InlineData("a\r\ndata: forged")]
    [InlineData("a\0b")]
    public async Task WriteText_ForgedField_IsRefusedAndNothingIsWritten(string forged)
    {
        Assert.Throws<ArgumentException>("EventId", () => _frames.WriteText(new SseFields(null, forged), "Hi"));
        Assert.Throws<ArgumentException>("EventType", () => _frames.WriteText(new SseFields(forged, "7"), "Hi"));
        _frames.WriteText(default, "next");

        Assert.Equal("data: next\n\n", await ReadTextAsync());
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    public void SseItem_LineBreakInAField_IsRefusedByThePlatform(string forged)
    {
        Assert.Throws<ArgumentException>(() => new SseItem<string>("Hi", forged));
        Assert.Throws<ArgumentException>(() => new SseItem<string>("Hi") { EventId = forged });
    }

    [Fact]
    public async Task Write_NulInAnItemsField_IsRefusedByTheWriter()
    {
        // The platform lets it pass; a browser ignores an id that has one.
        Assert.Throws<ArgumentException>(
            "EventId", () => _frames.Write(new SseItem<string>("Hi") { EventId = "a\0b" }, null));
        Assert.Throws<ArgumentException>("EventType", () => _frames.Write(new SseItem<string>("Hi", "a\0b"), null));

        Assert.Equal("", await ReadTextAsync());
    }

    [Fact]
    public async Task Write_StringItem_IsText()
    {
        var item = new SseItem<string>("two\nlines", "delta")
        {
            EventId = "7",
            ReconnectionInterval = TimeSpan.FromMilliseconds(1500),
        };

        _frames.Write(item, null);

        Assert.Equal("id: 7\nevent: delta\nretry: 1500\ndata: two\ndata: lines\n\n", await ReadTextAsync());
    }

    [Fact]
    public async Task Write_OtherItem_IsJson()
    {
        _frames.Write(new SseItem<Piece>(new Piece("a\nb", 1), "delta"), JsonTypeOf<Piece>(new()));

        Assert.Equal("event: delta\ndata: {\"Text\":\"a\\nb\",\"Number\":1}\n\n", await ReadTextAsync());
    }

    [Fact]
    public async Task WriteJson_OptionsAskForIndentation_IsOnOneLineAllTheSame()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true };

        _frames.WriteJson(default, new Piece("x", 1), JsonTypeOf<Piece>(options));
        _frames.WriteJson(default, new Piece("y", 2), JsonTypeOf<Piece>(options));

        const string Expected = "data: {\"text\":\"x\",\"number\":1}\n\ndata: {\"text\":\"y\",\"number\":2}\n\n";
        Assert.Equal(Expected.Length, _frames.Unflushed);
        Assert.Equal(Expected, await ReadTextAsync());
    }

    [Fact]
    public async Task WriteJson_Null_IsTheWordNull()
    {
        _frames.WriteJson(default, null, JsonTypeOf<Piece?>(new()));

        Assert.Equal("data: null\n\n", await ReadTextAsync());
    }

    [Fact]
    public async Task WriteJson_ValueCannotBeSerialized_NothingOfItsEventIsWritten()
    {
        Assert.Throws<FormatException>(
            () => _frames.WriteJson(new SseFields("delta", "7"), new Unserializable(), JsonTypeOf<Unserializable>(new())));
        _frames.WriteJson(new SseFields("error"), new Piece("x", 1), JsonTypeOf<Piece>(new()));

        const string Expected = "event: error\ndata: {\"Text\":\"x\",\"Number\":1}\n\n";
        Assert.Equal(Expected.Length, _frames.Unflushed);
        Assert.Equal(Expected, await ReadTextAsync());
    }

    [Fact]
    public async Task WriteComment_Always_IsNoEvent()
    {
        _frames.WriteComment();

        Assert.Equal(3, _frames.Unflushed);
        Assert.Equal(":\n\n", await ReadTextAsync());
    }

    [Fact]
    public async Task FlushAsync_AfterWrites_ReaderHasThemAndNothingIsUnflushed()
    {
        _frames.WriteText(default, "Hi");

        await _frames.FlushAsync();

        Assert.Equal(0, _frames.Unflushed);
        Assert.True(_pipe.Reader.TryRead(out var read));
        Assert.Equal("data: Hi\n\n", Encoding.UTF8.GetString(read.Buffer.ToArray()));
    }

    [Fact]
    public async Task WriteText_RandomTexts_PlatformsParserReadsThemBack()
    {
        var random = new Random(20260801);
        var items = Enumerable.Range(0, 500).Select(i => RandomItem(random, i)).ToArray();

        foreach (var item in items)
        {
            _frames.WriteText(new SseFields(item.EventType, item.EventId, item.ReconnectionInterval), item.Data);
        }

        var stream = new MemoryStream(await ReadAllAsync());
        var parsed = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            parsed.Add(item);
        }

        Assert.Equal(items.Length, parsed.Count);
        for (var i = 0; i < items.Length; i++)
        {
            Assert.Equal(AsReceived(items[i].Data), parsed[i].Data);
            Assert.Equal(items[i].EventType, parsed[i].EventType);
            Assert.Equal(items[i].EventId, parsed[i].EventId);
            Assert.Equal(items[i].ReconnectionInterval, parsed[i].ReconnectionInterval);
        }
    }

    // Each kind of line break arrives as \n, and half a pair of surrogates as the replacement character.
    private static string AsReceived(string text) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace("\r\n", "\n").Replace('\r', '\n');

    private static SseItem<string> RandomItem(Random random, int number)
    {
        string[] parts =
            ["\n", "\r", "\r\n", "\0", ":", " ", "data: ", "event: x", "id:", "\ud83d", "\ude00", "😀", "é", "\ufeff", "word"];
        var text = string.Concat(Enumerable.Range(0, random.Next(0, 30)).Select(_ => parts[random.Next(parts.Length)]));

        // Each has an id of its own: a parser carries the last one on to events without.
        return new SseItem<string>(text, random.Next(2) == 0 ? "delta" : null)
        {
            EventId = $"{number}",
            ReconnectionInterval = random.Next(2) == 0 ? TimeSpan.FromMilliseconds(random.Next(10_000)) : null,
        };
    }

    private static JsonTypeInfo<T> JsonTypeOf<T>(JsonSerializerOptions options)
    {
        options.TypeInfoResolver ??= new DefaultJsonTypeInfoResolver();
        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }

    private async Task<string> ReadTextAsync() => Encoding.UTF8.GetString(await ReadAllAsync());

    private async Task<byte[]> ReadAllAsync()
    {
        await _frames.FlushAsync();
        await _pipe.Writer.CompleteAsync();
        using var bytes = new MemoryStream();
        await _pipe.Reader.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }

    private sealed record Piece(string Text, int Number);

    private sealed class Unserializable
    {
        public string Fine { get; } = "fine";

        public string Broken => throw new FormatException(Fine);
    }
}
