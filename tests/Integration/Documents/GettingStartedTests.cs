using Microsoft.AspNetCore.Mvc.Testing;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The test that docs/getting-started.md shows, run as it stands there.</summary>
public sealed class GettingStartedTests
{
    [Fact]
    public async Task Chat_Question_LeavesATraceWithItsTokens()
    {
        await using var factory = new WebApplicationFactory<Program>();
        using var client = factory.WithTransactionRecorder(out var recorder).CreateClient();

        await client.GetStringAsync("/chat?message=ping", TestContext.Current.CancellationToken);
        var transaction = await recorder.NextAsync();

        Assert.Equal("GET /chat", transaction.Name);
        Assert.Equal(StreamOutcome.Completed, transaction.Outcome);
        Assert.True(transaction.Single("chat").Usage.OutputTokens > 0);
    }
}
