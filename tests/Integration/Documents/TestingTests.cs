using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using SseChatApi.Chat;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The tests that docs/testing.md shows, run as they stand there.</summary>
public sealed class TestingTests
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

    [Fact]
    public async Task Chat_ProviderFails_SaysSoInItsTrace()
    {
        await using var factory = new WebApplicationFactory<Program>()
            .WithWebHostBuilder(host => host.ConfigureTestServices(services => services.AddSingleton<IChatProvider, Failing>()))
            .WithTransactionRecorder(out var recorder);
        using var client = factory.CreateClient();

        await client.GetStringAsync("/chat?message=ping", TestContext.Current.CancellationToken);
        var transaction = await recorder.NextAsync();

        Assert.Equal(StreamOutcome.UpstreamFailed, transaction.Outcome);
        Assert.Equal("No model today.", transaction.Single("chat").Error?.Message);
    }

    private sealed class Failing : IChatProvider
    {
        public IResult Answer(string message)
        {
            var answer = new ScriptedSource("a") { Failure = new InvalidOperationException("No model today."), FailureAfter = 1 };
            return Results.TracedSse(answer.As(SourceShape.Iterator));
        }
    }
}
