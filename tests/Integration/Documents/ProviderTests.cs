using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>What the chunk reader that docs/getting-started.md shows makes of a stream.</summary>
public sealed class ProviderTests
{
    [Fact]
    public async Task OwnReader_RunningTotals_LastOneCounts()
    {
        ProviderExamples.Piece[] answer = [new("Hel", "own-1", 1), new("lo", null, 2), new("!", null, 3)];
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Tracing = static tracing => tracing.AddChunkReader<ProviderExamples.Piece, ProviderExamples.PieceReader>(),
            Inside = app => app.MapGet("/", () => Results.TracedSse(answer.ToAsyncEnumerable())),
        });

        await app.GetAsync("/");
        var chat = (await app.Sink.NextAsync()).Single("chat");

        Assert.Equal(new LlmUsage(OutputTokens: 3), chat.Usage);
        Assert.Equal("own-1", chat[GenAiAttributes.ResponseModel]);
    }
}
