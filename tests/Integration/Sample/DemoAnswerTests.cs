using SseChatApi.Demo;

namespace LlmTracing.Tests.Integration.Sample;

public sealed class DemoAnswerTests
{
    [Fact]
    public void To_SectionThatFits_IsQuotedWithItsSource()
    {
        var section = new DocSection(
            "docs/run.md", "Run > Start", "Fill\n[it](a.md), then run:\n\n```sh\nkettle on\n```");

        var answer = DemoAnswer.To("How do I start?", [section]);

        Assert.Equal(
            "Here is how to do that.\n\nFill it, then run:\n\n```sh\nkettle on\n```\n\nSee docs/run.md, \"Start\".",
            answer);
    }

    [Fact]
    public void To_LongParagraph_IsCutAfterASentence()
    {
        var sentence = "Nine words about tea make up this short sentence. ";
        var section = new DocSection("tea.md", "Tea", string.Concat(Enumerable.Repeat(sentence, 20)));

        var answer = DemoAnswer.To("tea", [section]);

        var quoted = string.Concat(Enumerable.Repeat(sentence, 11)).TrimEnd();
        Assert.Equal($"Here is what I found in the documents.\n\n{quoted}\n\nSee tea.md, \"Tea\".", answer);
        Assert.InRange(DemoTokens.Count(answer), 100, DemoAnswer.MaxTokens);
    }

    [Fact]
    public void To_BestSentenceAtTheEndOfALongParagraph_IsQuoted()
    {
        var filler = string.Concat(Enumerable.Repeat("Nine words about tea make up this short sentence. ", 20));

        var answer = DemoAnswer.To("what is sugar", [new DocSection("tea.md", "Tea", filler + "Sugar is sweet.")]);

        Assert.EndsWith("short sentence. Sugar is sweet.\n\nSee tea.md, \"Tea\".", answer, StringComparison.Ordinal);
        Assert.InRange(DemoTokens.Count(answer), 100, DemoAnswer.MaxTokens);
    }

    [Fact]
    public void To_CodeTooLongToQuote_IsLeftOutWithItsLead()
    {
        var code = string.Join('\n', Enumerable.Repeat("pour the tea", 60));
        var section = new DocSection(
            "tea.md", "Tea", $"Tea is a drink.\n\nMake it so:\n\n```\n{code}\n```\n\nEnjoy the tea.");

        var answer = DemoAnswer.To("what is tea", [section]);

        Assert.Equal("Here is what the documents say.\n\nTea is a drink.\n\nSee tea.md, \"Tea\".", answer);
    }

    [Fact]
    public void To_OnlyCodeTooLongToQuote_PointsToIt()
    {
        var code = string.Join('\n', Enumerable.Repeat("pour the tea", 60));

        var answer = DemoAnswer.To("what is tea", [new DocSection("tea.md", "Tea", $"```\n{code}\n```")]);

        Assert.Equal("This is too long to quote here. See tea.md, \"Tea\".", answer);
    }

    [Fact]
    public void To_LongTable_KeepsItsHeadAndTheRowsAskedFor()
    {
        var others = string.Join('\n', Enumerable.Range(0, 30).Select(row => $"| other{row} | of no use at all |"));
        var table = $"| name | effect |\n|---|---|\n{others}\n| `Kettle.Volume` | How much fits |";

        var answer = DemoAnswer.To("what is Kettle.Volume", [new DocSection("README.md", "Options", table)]);

        Assert.Equal(
            "Here is what the documents say.\n\n| name | effect |\n|---|---|\n| `Kettle.Volume` | How much fits |\n\n"
            + "See README.md, \"Options\".",
            answer);
    }

    [Fact]
    public void To_OtherSectionNamedAfterTheQuestion_IsASecondSource()
    {
        DocSection[] sections = [new("a.md", "Tea", "Tea is hot."), new("b.md", "Tea pots", "Made of clay.")];

        var answer = DemoAnswer.To("why tea", sections);

        Assert.Equal(
            "There is a reason for that.\n\nTea is hot.\n\nSee a.md, \"Tea\". See also b.md, \"Tea pots\".", answer);
    }

    [Theory]
    [InlineData("Hello!", "Hello! I am a scripted model:")]
    [InlineData("good morning", "Hello! I am a scripted model:")]
    [InlineData("who won the match", "I found nothing about that in")]
    public void To_NothingFound_SaysWhatCanBeAsked(string question, string start)
    {
        var answer = DemoAnswer.To(question, []);

        Assert.StartsWith(start, answer, StringComparison.Ordinal);
        Assert.EndsWith(
            "You could ask me:\n\n- How do I start?\n- What happens when the client disconnects?\n"
            + "- How are tokens counted?",
            answer,
            StringComparison.Ordinal);
    }
}
