using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LlmTracing.Tests.Integration.Streaming.Answers;

/// <summary>The ways to return a streamed answer from an action. Public and not nested, or MVC would not find it.</summary>
[ApiController]
[Route("mvc/[action]")]
public sealed class AnswersController : ControllerBase
{
    [HttpGet]
    public IResult Plain() => Answer();

    [HttpGet]
    [ProducesResponseType<Piece>(StatusCodes.Status200OK, "text/event-stream")]
    public async Task<IResult> PlainLater()
    {
        await Task.Yield();
        return Answer();
    }

    [HttpGet]
    public TracedSseResult<Piece, Piece> Typed() => Answer();

    [HttpGet]
    public async Task<TracedSseResult<Piece, Piece>> TypedLater()
    {
        await Task.Yield();
        return Answer();
    }

    [HttpGet]
    public async ValueTask<TracedSseResult<Piece, Piece>> TypedLaterAsAValue()
    {
        await Task.Yield();
        return Answer();
    }

    [HttpGet]
    public Results<TracedSseResult<Piece, Piece>, NotFound> OneOf(bool found = true) =>
        found ? Answer() : TypedResults.NotFound();

    [HttpGet]
    public async Task<Results<TracedSseResult<Piece, Piece>, NotFound>> OneOfLater(bool found = true)
    {
        await Task.Yield();
        return OneOf(found);
    }

    [HttpGet]
    public object Untyped() => Answer();

    [HttpGet]
    [ResponseCache(Duration = 60)]
    public IResult Cached() => Answer();

    [HttpGet]
    [Authorize]
    public TracedSseResult<Piece, Piece> Guarded() => Answer();

    private TracedSseResult<Piece, Piece> Answer() => Pieces.Answer(HttpContext);
}
