using LlmTracing.Streaming.Content;

namespace LlmTracing.Tests.Unit.Streaming.Content;

public sealed class ContentBudgetTests
{
    private const string Secret = "sk-0123456789";

    [Theory]
    [InlineData("12345", "12345", false)]
    [InlineData("123456", "12345…", true)]
    [InlineData("1234😀", "1234…", true)]
    [InlineData("123😀", "123😀", false)]
    [InlineData("123😀6", "123😀…", true)]
    public void Take_AtTheLimit_CutsBetweenCharactersAndMarks(string text, string kept, bool hasCut)
    {
        var budget = Of(5);

        Assert.Equal(kept, budget.Take(text));
        Assert.Equal(hasCut, budget.HasCut);
    }

    [Fact]
    public void Take_SeveralTexts_ShareTheLimit()
    {
        var budget = Of(5);

        Assert.Equal("abc", budget.Take("abc"));
        Assert.Equal("de…", budget.Take("def"));
        Assert.Null(budget.Take("g"));
        Assert.True(budget is { IsEmpty: true, HasCut: true });
    }

    [Fact]
    public void Take_NotWholeThoughItFits_IsMarked()
    {
        var budget = Of(5);

        Assert.Equal("abc…", budget.Take("abc", TextEnd.Cut));
        Assert.True(budget.HasCut);
    }

    [Fact]
    public void Take_Redacted_IsWhatTheAppMakesOfIt()
    {
        Assert.Equal("key: ***", Of(50, Redacted).Take($"key: {Secret}"));
        Assert.Null(Of(50, static _ => null).Take("text"));
    }

    [Fact]
    public void Take_RedactThrows_RecordsNothing() =>
        Assert.Null(Of(50, static _ => throw new InvalidOperationException()).Take("text"));

    // Wherever the limit cuts, and wherever the secret stands: no part of it of any use is left.
    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void Take_LimitWithinASecret_NoPartOfItIsKept(int secrets)
    {
        var text = new string('a', 2000) + string.Concat(Enumerable.Repeat($" {Secret}", secrets)) + new string('b', 2000);

        for (var limit = 1950; limit < 2100; limit++)
        {
            var kept = Of(limit, Redacted).Take(text)!;

            Assert.DoesNotContain("sk-", kept, StringComparison.Ordinal);
            Assert.InRange(kept.Length, 1, limit + 1);
        }
    }

    // What is at hand of a long answer ends somewhere too, and what redacting takes away moves that end forward.
    [Fact]
    public void Take_EndOfWhatIsAtHandWithinASecret_NoPartOfItIsKept()
    {
        var text = string.Concat(Enumerable.Repeat($"{Secret} ", 1000));

        for (var atHand = 12_100; atHand < 12_200; atHand++)
        {
            // All of it is within the limit, redacted, its end too.
            Assert.DoesNotContain("sk-", Of(4000, Redacted).Take(text[..atHand], TextEnd.Cut)!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Take_OfAnyLength_ShowsTheAppNoMoreThanIsOfUse()
    {
        var longest = 0;

        Of(100, Shown).Take(new string('a', 1_000_000));

        Assert.Equal(100 + ContentRules.Lookahead, longest);

        string Shown(string text)
        {
            longest = Math.Max(longest, text.Length);
            return text;
        }
    }

    private static string Redacted(string text) => text.Replace(Secret, "***", StringComparison.Ordinal);

    private static ContentBudget Of(int limit, Func<string, string?>? redact = null) =>
        new(new ContentRules(new LlmTracingOptions { MaxContentLength = limit, Redact = redact }));
}
