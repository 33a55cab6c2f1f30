using System.Text;
using LlmTracing.Streaming.Proxy;

namespace LlmTracing.Tests.Unit.Streaming.Proxy;

public sealed class ObjectSplitterTests
{
    public static TheoryData<string, string[]> Bodies => new()
    {
        { """{"a":1}""", ["""{"a":1}"""] },
        { "[{\"a\":{\"b\":[{}]}}\n,\r\n{\"c\":2}]\n", ["""{"a":{"b":[{}]}}""", """{"c":2}"""] },
        { "{\"a\":1}\n{\"b\":2}{}", ["""{"a":1}""", """{"b":2}""", "{}"] },
        { """[{"a":"}{[\"\\"},{"b\\\"}":1}]""", ["""{"a":"}{[\"\\"}""", """{"b\\\"}":1}"""] },
        { """{"a":1},{"cut":{"off":1}""", ["""{"a":1}"""] },
        { "[]", [] },
        { "", [] },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void TryTake_BodyInPiecesOfAnySize_GivesItsObjects(string body, string[] expected)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        for (var size = 1; size <= bytes.Length + 1; size++)
        {
            using var splitter = new ObjectSplitter();

            Assert.Equal(expected, Take(splitter, bytes, size));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void TryTake_ObjectIsTooLarge_IsPassedOverAlone(int size)
    {
        using var splitter = new ObjectSplitter(mostBytes: 20);
        var body = $$"""[{"a":1},{"b":"{{new string('x', 200)}}"},{"c":3},{"d":"{{new string('}', 200)}}"},{"e":5}]""";

        var objects = Take(splitter, Encoding.UTF8.GetBytes(body), size);

        Assert.Equal(["""{"a":1}""", """{"c":3}""", """{"e":5}"""], objects);
        Assert.Equal(2, splitter.PassedOver);
    }

    private static List<string> Take(ObjectSplitter splitter, byte[] bytes, int size)
    {
        List<string> objects = [];
        foreach (var part in bytes.Chunk(size))
        {
            ReadOnlySpan<byte> piece = part;
            while (splitter.TryTake(ref piece, out var payload))
            {
                objects.Add(Encoding.UTF8.GetString(payload));
            }
        }

        return objects;
    }
}
