using LlmTracing.Tests.Fixtures;
using LlmTracing.Tests.Unit.Support.Fixtures;

namespace LlmTracing.Tests.Unit.Streaming.Readers;

public sealed class FixtureTests
{
    public static TheoryData<string> Names => StreamFixture.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_BytesSplitAnywhere_GivesTheReadingWrittenDown(string name)
    {
        var fixture = StreamFixture.Named(name);
        var (expected, bytes) = (fixture.Expected, fixture.Bytes);

        for (var split = 0; split <= bytes.Length; split++)
        {
            var (reading, text, chunks) = ReadFixture.Read(fixture.Dialect, bytes, split);

            AssertTold(expected, reading);
            Assert.Equal(fixture.Dialect, reading.Dialect);
            Assert.Equal(expected.Text, text);
            Assert.Equal(expected.TextLength, reading.TextLength);
            Assert.Equal(
                expected.ToolCalls.Select(static call => call.Arguments),
                Enumerable.Range(0, reading.ToolCalls.Count).Select(call => reading.Content!.ArgumentsOf(call)));
            Assert.Equal(expected.Chunks, chunks);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_TextNotWanted_TheRestIsReadAllTheSame(string name)
    {
        var fixture = StreamFixture.Named(name);

        var (reading, _, _) = ReadFixture.Read(
            fixture.Dialect, fixture.Bytes, 0, named: fixture.Dialect, wantsText: false);

        AssertTold(fixture.Expected, reading);
        Assert.Equal(0, reading.TextLength);
    }

    [Fact]
    public void Names_EachDialect_HasAtLeastFiveAndAllTogetherForty()
    {
        var byDialect = StreamFixture.All.GroupBy(fixture => fixture.Dialect).ToDictionary(group => group.Key, Enumerable.Count);

        Assert.Equal(Enum.GetValues<LlmDialect>().Order(), byDialect.Keys.Order());
        Assert.All(byDialect.Values, count => Assert.True(count >= 5));
        Assert.True(byDialect.Values.Sum() >= 40);
    }

    private static void AssertTold(ExpectedReading expected, in ChunkReading reading)
    {
        Assert.Equal(expected.Model, reading.Model);
        Assert.Equal(expected.ResponseId, reading.ResponseId);
        Assert.Equal(expected.FinishReasons, reading.FinishReasons);
        Assert.Equal(expected.Usage, ExpectedUsage.Of(reading.Usage));
        Assert.Equal(
            expected.ToolCalls.Select(static call => new LlmToolCall(call.Id, call.Name)), reading.ToolCalls);
        Assert.Equal(
            expected.Error, reading.Error is { } error ? new ExpectedError(error.Type, error.Message) : null);
        Assert.Equal(expected.IsComplete, reading.IsComplete);
    }
}
