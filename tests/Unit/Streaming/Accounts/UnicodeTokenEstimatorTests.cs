using LlmTracing.Tests.Fixtures;

namespace LlmTracing.Tests.Unit.Streaming.Accounts;

/// <summary>How far the default estimates are off, over the streams that tell both their text and their tokens.</summary>
public sealed class UnicodeTokenEstimatorTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("The tide turns at four.", 6)]
    [InlineData("interoperability", 3)]
    [InlineData("12345, 3.14", 6)]
    [InlineData("a  b\n\nc", 5)]
    [InlineData("北極星", 3)]
    [InlineData("конец", 3)]
    [InlineData("\ud83d\udc0b", 3)]
    public void Tokens_OfText_AreThoseOfItsClasses(string text, long tokens)
    {
        Assert.Equal(tokens, Estimate(text));
    }

    [Fact]
    public void Tokens_HoweverTheTextIsCut_AreTheSame()
    {
        const string Text = "Århus 長崎, 12345 \ud83e\uddd1\ud83c\udfff  ok\n\n«done» interoperability";
        for (var i = 0; i <= Text.Length; i++)
        {
            Assert.Equal(Estimate(Text), Estimate(Text[..i], Text[i..]));
        }
    }

    [Fact]
    public void Append_AnyText_AllocatesNothing()
    {
        var estimate = new UnicodeTokenEstimator().Begin(null);
        estimate.Append("warm");

        var before = GC.GetAllocatedBytesForCurrentThread();
        estimate.Append("Ålesund 北極星 \ud83d\udc0b");

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Tokens_OverTheWrittenStreams_AreOffByNoMoreThanItsDocumentationSays()
    {
        // Whose tokens are those of the text alone, and not a number made up to be large.
        var told = StreamFixture.Names.Select(static name => StreamFixture.Named(name).Expected)
            .Where(static reading =>
                reading is { Text: { Length: > 0 } text, Usage: { Output: { } tokens, Reasoning: null or 0 } }
                && reading.ToolCalls.Count == 0
                && reading.FinishReasons.Count <= 1
                && tokens > 0
                && tokens <= 4 * text.Length)
            .Select(static reading => (Told: reading.Usage.Output!.Value, Estimated: Estimate(reading.Text)))
            .ToList();

        var total = (double)told.Sum(static one => one.Estimated) / told.Sum(static one => one.Told);
        var errors = told.Select(static one => Math.Abs(one.Estimated - one.Told) / (double)one.Told).Order().ToList();
        var median = errors[errors.Count / 2];
        output.WriteLine($"{told.Count} streams, total {total:P1}, median error {median:P1}, worst {errors[^1]:P1}");

        Assert.InRange(told.Count, 33, int.MaxValue);
        Assert.InRange(total, 0.83, 1.16);
        Assert.InRange(median, 0, 0.21);
        Assert.InRange(errors[^1], 0, 0.72);
    }

    private static long Estimate(params string[] pieces)
    {
        var estimate = new UnicodeTokenEstimator().Begin(null);
        foreach (var piece in pieces)
        {
            estimate.Append(piece);
        }

        return estimate.Tokens;
    }
}
