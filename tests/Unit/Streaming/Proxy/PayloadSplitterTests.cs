using System.Net.ServerSentEvents;
using System.Text;
using LlmTracing.Streaming.Proxy;
using LlmTracing.Tests.Fixtures;
using LlmTracing.Tests.Unit.Support.Fixtures;

namespace LlmTracing.Tests.Unit.Streaming.Proxy;

public sealed class PayloadSplitterTests
{
    public static TheoryData<string> Names => StreamFixture.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void TryTake_StreamSplitAnywhere_GivesTheSameChunks(string name)
    {
        var fixture = StreamFixture.Named(name);
        var (expected, bytes) = (ReadFixture.ChunksOf(fixture), fixture.Bytes);
        var isLines = fixture.Dialect == LlmDialect.Ollama;

        for (var split = 0; split <= bytes.Length; split++)
        {
            Assert.Equal(expected, Split(isLines, 1 << 20, bytes[..split], bytes[split..]));
        }

        Assert.Equal(expected, Split(isLines, 1 << 20, [.. bytes.Select(static one => new[] { one })]));
    }

    [Fact]
    public void TryTake_AnyBytesInAnyPieces_GivesWhatThePlatformsParserGives()
    {
        var random = new Random(4711);
        string[] words =
            ["data", "data:", "data: ", ":", " ", "x", "\r", "\n", "\r\n", "\n\n", "\uFEFF", "event: y\n", "é"];
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(
                Enumerable.Range(0, random.Next(1, 14)).Select(_ => words[random.Next(words.Length)]));
            var bytes = Encoding.UTF8.GetBytes(text + "z\n\n");
            List<byte[]> pieces = [];
            for (var at = 0; at < bytes.Length;)
            {
                var count = Math.Min(random.Next(1, 6), bytes.Length - at);
                pieces.Add(bytes[at..(at + count)]);
                at += count;
            }

            using var whole = new MemoryStream(bytes);
            var expected = SseParser.Create(whole, static (_, data) => Encoding.UTF8.GetString(data)).Enumerate()
                .Select(static one => one.Data);

            Assert.Equal(expected, Split(false, 1 << 20, [.. pieces]));
        }
    }

    [Theory]
    [InlineData("data: 123456789\n\ndata: ok\n\n", false)]
    [InlineData("data: 1234\ndata: 5678\n\ndata: ok\n\n", false)]
    [InlineData(": 123456789\ndata: 1\n\ndata: ok\n\n", false)]
    [InlineData("123456789\nok\n", true)]
    public void TryTake_LargerThanTheLimit_IsPassedOverAlone(string text, bool isLines)
    {
        byte[][] pieces = [.. Encoding.UTF8.GetBytes(text).Select(static one => new[] { one })];

        Assert.Equal(["ok"], Split(isLines, 8, pieces));
    }

    private static List<string> Split(bool isLines, int mostBytes, params byte[][] pieces)
    {
        using var splitter = new PayloadSplitter(isLines, mostBytes);
        List<string> payloads = [];
        foreach (var bytes in pieces)
        {
            ReadOnlySpan<byte> piece = bytes;
            while (splitter.TryTake(ref piece, out var payload))
            {
                payloads.Add(Encoding.UTF8.GetString(payload));
            }
        }

        return payloads;
    }
}
