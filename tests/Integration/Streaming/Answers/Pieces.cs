using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Answers;

/// <summary>Makes answers of pieces out of the test's own source, which the services hold.</summary>
internal static class Pieces
{
    public static TracedSseResult<Piece, Piece> Answer(HttpContext context) =>
        TypedResults.TracedSse(ReadAsync(context.RequestServices.GetRequiredService<ScriptedSource>()), new LlmCall("m"));

    private static async IAsyncEnumerable<Piece> ReadAsync(ScriptedSource source)
    {
        var index = 0;
        await foreach (var chunk in source.As(SourceShape.Iterator))
        {
            yield return new Piece(chunk, index++);
        }
    }
}
