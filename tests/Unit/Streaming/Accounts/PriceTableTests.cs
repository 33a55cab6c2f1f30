using LlmTracing.Streaming.Accounts;

namespace LlmTracing.Tests.Unit.Streaming.Accounts;

public sealed class PriceTableTests
{
    private static readonly PriceTable Table = new(
        ((string[])["*", "gpt-4o*", "gpt-4o-mini*", "*-mini-2024", "gpt-4o", "llama3:8b", "a?c", "ab*", "a*c"])
        .Select(static model => new ModelPrice { Model = model }));

    [Theory]
    [InlineData("gpt-4o", "gpt-4o")]
    [InlineData("GPT-4O", "gpt-4o")]
    [InlineData("gpt-4o-2024-08-06", "gpt-4o*")]
    [InlineData("gpt-4o-mini", "gpt-4o-mini*")]
    [InlineData("gpt-4o-mini-2024", "gpt-4o-mini*")]
    [InlineData("llama3:8b", "llama3:8b")]
    [InlineData("claude", "*")]
    [InlineData("abc", "a?c")]
    [InlineData("abd", "ab*")]
    public void Find_SeveralMatch_TheMostSpecificWins(string model, string found) =>
        Assert.Equal(found, Table.Find(model, null)?.Model);

    [Fact]
    public void Find_AnsweringModelIsUnknown_TheOneAskedForCounts()
    {
        var table = new PriceTable([new ModelPrice { Model = "my-deployment" }]);

        Assert.Equal("my-deployment", table.Find("gpt-4o-2024-08-06", "my-deployment")?.Model);
        Assert.Equal("my-deployment", table.Find(null, "my-deployment")?.Model);
        Assert.Null(table.Find("gpt-4o", "gpt-4o"));
        Assert.Null(table.Find(null, null));
    }
}
