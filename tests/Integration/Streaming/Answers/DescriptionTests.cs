using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Answers;

/// <summary>Streamed answers in the OpenAPI document of their app.</summary>
public sealed class DescriptionTests
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Pieces200 =
        """{"description":"OK","content":{"text/event-stream":{"schema":{"$ref":"#/components/schemas/Piece"}}}}""";

    private const string Text200 =
        """{"description":"OK","content":{"text/event-stream":{"schema":{"type":"string"}}}}""";

    [Theory]
    [InlineData("/typed", $$"""{"200":{{Pieces200}}}""")]
    [InlineData("/later", $$"""{"200":{{Pieces200}}}""")]
    [InlineData("/one-of", $$$"""{"200":{{{Pieces200}}},"404":{"description":"Not Found"}}""")]
    [InlineData("/produces", $$"""{"200":{{Pieces200}}}""")]
    [InlineData("/text", $$"""{"200":{{Text200}}}""")]
    [InlineData("/items", $$"""{"200":{{Text200}}}""")]
    [InlineData("/mvc/Typed", $$"""{"200":{{Pieces200}}}""")]
    [InlineData("/mvc/TypedLater", $$"""{"200":{{Pieces200}}}""")]
    [InlineData("/mvc/TypedLaterAsAValue", $$"""{"200":{{Pieces200}}}""")]
    [InlineData("/mvc/OneOf", $$$"""{"200":{{{Pieces200}}},"404":{"description":"Not Found"}}""")]
    [InlineData("/mvc/PlainLater", $$"""{"200":{{Pieces200}}}""")]
    public async Task OpenApi_EndpointThatStreams_SaysWhatItsEventsHold(string path, string responses)
    {
        await using var app = await StartAsync();

        var document = JsonNode.Parse(await app.GetAsync("/openapi/v1.json"))!;

        Assert.Equal(responses, document["paths"]![path]!["get"]!["responses"]!.ToJsonString(Plain));
    }

    [Fact]
    public async Task OpenApi_TypeOfTheEvents_IsDescribedAsTheyAreWritten()
    {
        await using var app = await StartAsync();

        var document = JsonNode.Parse(await app.GetAsync("/openapi/v1.json"))!;

        Assert.Equal(
            ["theText", "index"],
            document["components"]!["schemas"]!["Piece"]!["properties"]!.AsObject().Select(static one => one.Key));
    }

    private static Task<TestApp> StartAsync() => AnswerApp.StartAsync(
        new ScriptedSource(),
        static app =>
        {
            app.MapOpenApi();
            app.MapGet("/typed", static (HttpContext context) => Pieces.Answer(context));
            app.MapGet("/later", (Delegate)(static (HttpContext context) => Task.FromResult(Pieces.Answer(context))));
            app.MapGet("/one-of", static Results<TracedSseResult<Piece, Piece>, NotFound> (HttpContext context) =>
                Pieces.Answer(context));
            app.MapGet("/produces", static IResult (HttpContext context) => Pieces.Answer(context))
                .Produces<Piece>(StatusCodes.Status200OK, "text/event-stream");
            app.MapGet("/text", static (ScriptedSource source) =>
                TypedResults.TracedSse(source.As(SourceShape.Iterator)));
            app.MapGet("/items", static (ScriptedSource source) =>
                TypedResults.TracedSse<Piece, string>(ToAsync(source), static piece => new(piece.TheText)));
        },
        static services => services.AddOpenApi());

    private static IAsyncEnumerable<Piece> ToAsync(ScriptedSource source) =>
        source.As(SourceShape.Iterator).Select(static text => new Piece(text, null));
}
