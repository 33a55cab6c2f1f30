using LlmTracing.Middleware.Transactions;

namespace LlmTracing.Tests.Unit.Middleware.Transactions;

public sealed class FrameSnapshotTests
{
    [Theory]
    [InlineData("Shop.Chat", "Ask", "Shop.Chat", "Ask")]
    [InlineData("Shop.Chat", ".ctor", "Shop.Chat", ".ctor")]
    [InlineData("Shop.Chat+<AskAsync>d__3", "MoveNext", "Shop.Chat", "AskAsync")]
    [InlineData("Shop.Chat+<AskAsync>d__3`1", "MoveNext", "Shop.Chat", "AskAsync")]
    [InlineData("Shop.Chat+Turn+<AskAsync>d__3", "MoveNext", "Shop.Chat+Turn", "AskAsync")]
    [InlineData("Program+<>c", "<Main>b__0_1", "Program", "Main")]
    [InlineData("Program+<>c", "<<Main>$>b__0_1", "Program", "Main")]
    [InlineData("Program+<>c+<<<Main>$>b__0_1>d", "MoveNext", "Program", "Main")]
    [InlineData("Program+<>c__DisplayClass1_0", "<AskAsync>b__0", "Program", "AskAsync")]
    [InlineData("Program", "<Main>$", "Program", "Main")]
    [InlineData("Program", "<Main>g__Ask|0_2", "Program", "Ask")]
    [InlineData("Program+<<Main>g__AskAsync|0_2>d", "MoveNext", "Program", "AskAsync")]
    [InlineData("Shop.List`1", "Add", "Shop.List`1", "Add")]
    [InlineData(null, "lambda_method", null, "lambda_method")]
    [InlineData("A", "<", "A", "<")]
    public void NamesOf_CompilersNames_AreThoseOfTheSource(
        string? type, string method, string? module, string function) =>
        Assert.Equal((module, function), FrameSnapshot.NamesOf(type, method));
}
