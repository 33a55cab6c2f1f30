using System.Text;
using LlmTracing.Streaming.Readers;
using LlmTracing.Streaming.Readers.Json;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Streaming.Readers.Json;

public sealed class JsonNamesTests
{
    private static readonly JsonNames Names = new("usage", "finish_reason", "error");

    [Theory]
    [InlineData("""{"usage":{}}""", true)]
    [InlineData("""{"finish_reason" : "stop"}""", true)]
    [InlineData("{\"error\"\r\n:\t1}", true)]
    [InlineData("""{"choices":[{"finish_reason":null},{"finish_reason":"stop"}]}""", true)]
    [InlineData("""{"us\u0061ge":{}}""", true)]
    [InlineData("""{"usage":null,"finish_reason":"","error":[]}""", false)]
    [InlineData("""{"error":false}""", false)]
    [InlineData("""{"content":"usage","name":"error"}""", false)]
    [InlineData("""{"content":"{\"usage\":1,\"error\":2}"}""", false)]
    [InlineData("""{"content":"\"usage"}""", false)]
    [InlineData("""{"content":"\u00e9\u0022usage\u0022:1"}""", false)]
    [InlineData("""{"usages":1,"us":2,"errors":3,"e":4}""", false)]
    [InlineData("""{"usage":""", false)]
    [InlineData("\"usage\"", false)]
    [InlineData("\"", false)]
    [InlineData("", false)]
    public void AnyHasValue_WhereverInAChunkItStands_IsFoundByNameAndValue(string json, bool expected)
    {
        // Around it what is no vector's length: each place in a vector, and the last one, which overlaps.
        for (var before = 0; before < 70; before++)
        {
            for (var after = 0; after < 70; after += 23)
            {
                var padded = Encoding.UTF8.GetBytes(new string(' ', before) + json + new string(' ', after));
                Assert.Equal((before, after, expected), (before, after, Names.AnyHasValue(padded)));
            }
        }
    }

    [Fact]
    public void Constructor_MoreFirstLettersThanAreComparedAtOnce_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>("names", static () => new JsonNames("a", "b", "c", "d", "e"));

    [Theory]
    [InlineData(LlmDialect.OpenAIChat)]
    [InlineData(LlmDialect.Gemini)]
    [InlineData(LlmDialect.Ollama)]
    public void Read_RandomChunks_TellTheSameWhetherAllIsReadOrOnlyWhatIsFound(LlmDialect dialect)
    {
        var random = new Random(4711);
        for (var run = 0; run < 20_000; run++)
        {
            var chunk = Encoding.UTF8.GetBytes(RandomChunk.Next(random, dialect));
            var found = new ChunkReading { Dialect = dialect, Model = "m", ResponseId = "r" };
            var all = found with { AnswerText = new Unheard() };

            ProviderJson.Read(chunk, ref found);
            ProviderJson.Read(chunk, ref all);

            Assert.Equal(Told(all), Told(found));
        }
    }

    private static string Told(in ChunkReading reading) => string.Join(
        '|',
        reading.Usage,
        reading.Error?.Type,
        reading.Error?.Message,
        reading.IsComplete,
        string.Join(',', reading.FinishReasons),
        string.Join(',', reading.ToolCalls));

    private sealed class Unheard : IAnswerText
    {
        public void Append(int choice, ReadOnlySpan<char> text)
        {
            // That somebody wants it has every chunk parsed.
        }
    }
}
