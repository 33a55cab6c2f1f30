using LlmTracing.Streaming.Content;
using LlmTracing.Streaming.Readers;

namespace LlmTracing.Tests.Unit.Streaming.Readers.Json;

public sealed class ToolCallPiecesTests
{
    [Fact]
    public void Read_SameIndexAndAnotherIdWithAName_IsAnotherCall() =>
        AssertCalls(
            [
                """{"index":0,"id":"f1","function":{"name":"look","arguments":"{\"city\":\"Paris\"}"}}""",
                """{"index":0,"id":"f2","function":{"name":"look","arguments":"{\"city\":\"Rome\"}"}}""",
            ],
            ("f1", "look", """{"city":"Paris"}"""),
            ("f2", "look", """{"city":"Rome"}"""));

    [Fact]
    public void Read_NameInEachPieceAndNoId_IsOneCall() =>
        AssertCalls(
            [
                """{"index":0,"id":"c1","function":{"name":"look","arguments":"{"}}""",
                """{"index":0,"id":null,"function":{"name":"look","arguments":"}"}}""",
                """{"index":0,"id":"","function":{"name":"look","arguments":""}}""",
            ],
            ("c1", "look", "{}"));

    [Fact]
    public void Read_AnIdOfItsOwnInEachPieceWithoutAName_IsOneCall() =>
        AssertCalls(
            [
                """{"index":0,"id":"t1","function":{"name":"look","arguments":"{"}}""",
                """{"index":0,"id":"t2","function":{"arguments":"}"}}""",
            ],
            ("t1", "look", "{}"));

    [Fact]
    public void Read_IdBeforeTheName_BothAreTold() =>
        AssertCalls(
            [
                """{"index":0,"id":"c1","function":{}}""",
                """{"index":0,"function":{"name":"look","arguments":"{}"}}""",
            ],
            ("c1", "look", "{}"));

    [Fact]
    public void Read_NameBeforeTheId_BothAreTold() =>
        AssertCalls(
            [
                """{"index":0,"function":{"name":"look","arguments":"{"}}""",
                """{"index":0,"id":"c1","function":{"name":"look","arguments":"}"}}""",
            ],
            ("c1", "look", "{}"));

    [Fact]
    public void Read_NoIndexAndTheIdInEachPiece_ThePiecesGoToTheirIds() =>
        AssertCalls(
            [
                """{"id":"c1","function":{"name":"look","arguments":"{"}}""",
                """{"id":"c2","function":{"name":"find","arguments":"["}}""",
                """{"id":"c1","function":{"arguments":"}"}}""",
                """{"id":"c2","function":{"arguments":"]"}}""",
                """{"function":{"arguments":" "}}""",
            ],
            ("c1", "look", "{}"),
            ("c2", "find", "[] "));

    [Fact]
    public void Read_NoIndexAndIdBeforeTheName_IsOneCall() =>
        AssertCalls(
            ["""{"id":"c1"}""", """{"function":{"name":"look","arguments":"{}"}}"""],
            ("c1", "look", "{}"));

    [Fact]
    public void Read_NeitherIndexNorId_EachNameIsACall() =>
        AssertCalls(
            [
                """{"function":{"name":"look","arguments":{}}}""",
                """{"function":{"name":"look","arguments":{}}}""",
            ],
            (null, "look", "{}"),
            (null, "look", "{}"));

    [Fact]
    public void Read_TheSameIdInTwoChoices_AreTwoCalls()
    {
        var reading = Read(
        [
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"look","arguments":"1"}}]}}]}""",
            """{"choices":[{"index":1,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"look","arguments":"2"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1"}}]}}]}""",
        ]);

        Assert.Equal([("c1", "look", "11"), ("c1", "look", "2")], CallsOf(reading));
        Assert.Equal([0, 1], [reading.ChoiceOfToolCall(0), reading.ChoiceOfToolCall(1)]);
    }

    [Fact]
    public void Read_TextNotWanted_IdBeforeTheNameIsTold()
    {
        var (reader, reading) = (new TextChunkReader(), default(ChunkReading));

        reader.Read(Chunk("""{"index":0,"id":"c1","function":{"arguments":""}}"""), ref reading);
        reader.Read(Chunk("""{"index":1,"id":"c2","function":{"arguments":""}}"""), ref reading);
        reader.Read(Chunk("""{"index":1,"function":{"name":"look"}}"""), ref reading);

        Assert.Equal([new("c1", null), new LlmToolCall("c2", "look")], reading.ToolCalls);
        Assert.Equal(["c1", "c2"], reading.ToolCallIds);
    }

    [Fact]
    public void ToolCallIds_IdAfterTheName_IsThere()
    {
        var reading = default(ChunkReading);

        reading.CallTool(null, "look", number: 0);
        reading.CallTool("c2", "find", number: 1);
        reading.CallTool("c1", null, number: 0);

        Assert.Equal(["c2", "c1"], reading.ToolCallIds);
        Assert.Equal([new("c1", "look"), new LlmToolCall("c2", "find")], reading.ToolCalls);
    }

    private static void AssertCalls(string[] pieces, params (string? Id, string? Name, string? Arguments)[] expected) =>
        Assert.Equal(expected, CallsOf(Read([.. pieces.Select(Chunk)])));

    private static string Chunk(string call) =>
        $$$"""{"id":"a","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{{{call}}}]}}]}""";

    private static ChunkReading Read(string[] chunks)
    {
        var content = new AnswerContent(new ContentRules(new LlmTracingOptions { CaptureContent = true }));
        var (reader, reading) = (new TextChunkReader(), new ChunkReading { Content = content });
        foreach (var chunk in chunks)
        {
            reader.Read(chunk, ref reading);
        }

        Assert.False(reading.IsMalformed);
        return reading;
    }

    private static IEnumerable<(string? Id, string? Name, string? Arguments)> CallsOf(ChunkReading reading) =>
        reading.ToolCalls.Select((call, at) => (call.Id, call.Name, reading.Content!.ArgumentsOf(at)));
}
