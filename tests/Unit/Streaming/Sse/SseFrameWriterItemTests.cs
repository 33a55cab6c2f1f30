using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LlmTracing.Streaming.Sse;

namespace LlmTracing.Tests.Unit.Streaming.Sse;

public sealed class SseFrameWriterItemTests
{
    private static readonly JsonTypeInfo<int> JsonNumber = (JsonTypeInfo<int>)new JsonSerializerOptions
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    }.GetTypeInfo(typeof(int));

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly SseFrameWriter _frames;

    public SseFrameWriterItemTests() => _frames = new SseFrameWriter(_pipe.Writer);

    // Neither as InlineData nor named by the discovery: both keep strings as UTF-8, which has no half pairs.
    public static TheoryData<string[], string> Borders => new()
    {
        { ["a\ud83d", "\ude00b"], "data: a\n\ndata: 😀b\n\n" },
        { ["\ud83d", "\ude00"], "data: \n\ndata: 😀\n\n" },
        { ["\ud83d", "\ude00\ud83d", "\ude01"], "data: \n\ndata: 😀\n\ndata: 😁\n\n" },
        { ["\ud83d", "", "\ude00"], "data: \n\ndata: \n\ndata: 😀\n\n" },
        { ["\ud83d", "\n\ude00"], "data: \n\ndata: \ufffd\ndata: \ufffd\n\n" },
        { ["\ud83d", "\ud83d", "\ude00"], "data: \n\ndata: \ufffd\n\ndata: 😀\n\n" },
        { ["a\ud83d", "b"], "data: a\n\ndata: \ufffdb\n\n" },
        { ["a", "\ude00b"], "data: a\n\ndata: \ufffdb\n\n" },
        { ["a\ud83d"], "data: a\n\ndata: \ufffd\n\n" },
        { ["a\ud83d", ""], "data: a\n\ndata: \n\ndata: \ufffd\n\n" },
        { ["a\r", "\nb"], "data: a\ndata: \n\ndata: b\n\n" },
        { ["a\r", "\n"], "data: a\ndata: \n\ndata: \n\n" },
        { ["a\r", "\n", "\nb"], "data: a\ndata: \n\ndata: \n\ndata: \ndata: b\n\n" },
        { ["a\r", "", "\nb"], "data: a\ndata: \n\ndata: \n\ndata: b\n\n" },
        { ["a\r", "b", "\nc"], "data: a\ndata: \n\ndata: b\n\ndata: \ndata: c\n\n" },
        { ["a\r\n", "\nb"], "data: a\ndata: \n\ndata: \ndata: b\n\n" },
        { ["\r", "\r\n"], "data: \ndata: \n\ndata: \ndata: \n\n" },
    };

    [Theory]
    [MemberData(nameof(Borders), DisableDiscoveryEnumeration = true)]
    public async Task Write_TextsInARow_AreOneText(string[] texts, string expected)
    {
        foreach (var text in texts)
        {
            _frames.Write(new SseItem<string>(text), null);
        }

        _frames.FinishText();
        _frames.FinishText();

        Assert.Equal(Encoding.UTF8.GetByteCount(expected), _frames.Unflushed);
        Assert.Equal(expected, await ReadAllAsync());
    }

    [Fact]
    public async Task Write_TextOfAnotherType_HalfPairIsReplacedWhereItStood()
    {
        _frames.Write(new SseItem<string>("a\ud83d", "delta") { EventId = "1" }, null);
        _frames.WriteComment();
        _frames.Write(new SseItem<string>("\ude00b", "thought"), null);

        Assert.Equal(
            "id: 1\nevent: delta\ndata: a\n\n:\n\nevent: delta\ndata: \ufffd\n\nevent: thought\ndata: \ufffdb\n\n",
            await ReadAllAsync());
    }

    [Fact]
    public async Task Write_TextOfAnotherType_LineBreakIsItsOwn()
    {
        _frames.Write(new SseItem<string>("a\r", "delta"), null);
        _frames.Write(new SseItem<string>("\nb", "thought"), null);

        Assert.Equal("event: delta\ndata: a\ndata: \n\nevent: thought\ndata: \ndata: b\n\n", await ReadAllAsync());
    }

    [Fact]
    public async Task Write_DefaultTypeByEachOfItsNames_IsOneType()
    {
        _frames.Write(new SseItem<string>("\ud83d"), null);
        _frames.Write(new SseItem<string>("\ude00\ud83d", ""), null);
        _frames.Write(new SseItem<string>("\ude00", "message"), null);

        Assert.Equal("data: \n\ndata: 😀\n\ndata: 😀\n\n", await ReadAllAsync());
    }

    [Fact]
    public async Task WriteText_HalfPairHeldBack_StandsBeforeItsEvent()
    {
        _frames.Write(new SseItem<string>("a\ud83d", "delta"), null);
        _frames.WriteText(default, "[DONE]");

        Assert.Equal("event: delta\ndata: a\n\nevent: delta\ndata: \ufffd\n\ndata: [DONE]\n\n", await ReadAllAsync());
    }

    [Fact]
    public async Task WriteJson_HalfPairHeldBack_StandsBeforeItsEvent()
    {
        _frames.Write(new SseItem<string>("a\ud83d"), null);
        _frames.WriteJson(new SseFields("done"), 1, JsonNumber);

        Assert.Equal("data: a\n\ndata: \ufffd\n\nevent: done\ndata: 1\n\n", await ReadAllAsync());
    }

    [Fact]
    public async Task Write_ForgedFieldWithAHalfPairHeldBack_WritesNothingAndKeepsIt()
    {
        _frames.Write(new SseItem<string>("a\ud83d"), null);
        Assert.Throws<ArgumentException>(
            "EventId", () => _frames.Write(new SseItem<string>("\ude00") { EventId = "1\0" }, null));
        Assert.Throws<ArgumentException>("EventType", () => _frames.WriteText(new SseFields("a\nb"), "c"));
        Assert.Throws<ArgumentException>("EventType", () => _frames.WriteJson(new SseFields("a\rb"), 1, JsonNumber));
        Assert.Equal("data: a\n\n".Length, _frames.Unflushed);
        _frames.Write(new SseItem<string>("\ude00"), null);

        Assert.Equal("data: a\n\ndata: 😀\n\n", await ReadAllAsync());
    }

    [Fact]
    public async Task Write_Numbering_CountsItemsAndNothingElse()
    {
        var frames = new SseFrameWriter(_pipe.Writer, numbersItems: true);
        frames.WriteComment();
        frames.Write(new SseItem<string>("a\ud83d"), null);
        frames.Write(new SseItem<string>("b", "x") { EventId = "own" }, null);
        frames.WriteText(default, "no item");
        frames.Write(new SseItem<int>(7), JsonNumber);
        Assert.Throws<ArgumentException>(() => frames.Write(new SseItem<string>("c", "\0"), null));
        frames.Write(new SseItem<string>("d\ud83d"), null);
        frames.WriteJson(new SseFields("error"), 1, JsonNumber);

        Assert.Equal(
            ":\n\nid: 1\ndata: a\n\ndata: \ufffd\n\nid: own\nevent: x\ndata: b\n\ndata: no item\n\nid: 3\ndata: 7\n\n"
            + "id: 4\ndata: d\n\ndata: \ufffd\n\nevent: error\ndata: 1\n\n",
            await ReadAllAsync(frames));
    }

    [Fact]
    public async Task Write_Numbering_AllocatesNothingForEachText()
    {
        var frames = new SseFrameWriter(_pipe.Writer, numbersItems: true);
        SseItem<string>[] halves = [new("a\ud83d", "delta"), new("\ude00\r", "delta"), new("\nb", "delta")];
        await WriteAsync(10);

        var before = GC.GetAllocatedBytesForCurrentThread();
        await WriteAsync(1000);

        // Less than a byte for each of 3,000; the method that writes them is itself an object.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2999);

        async ValueTask WriteAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                foreach (var item in halves)
                {
                    frames.Write(item, null);
                }

                await frames.FlushAsync();
                Assert.True(_pipe.Reader.TryRead(out var read));
                _pipe.Reader.AdvanceTo(read.Buffer.End);
            }
        }
    }

    private async Task<string> ReadAllAsync(SseFrameWriter? frames = null)
    {
        await (frames ?? _frames).FlushAsync();
        await _pipe.Writer.CompleteAsync();
        using var bytes = new MemoryStream();
        await _pipe.Reader.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
