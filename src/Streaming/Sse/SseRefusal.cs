using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace LlmTracing.Streaming.Sse;

/// <summary>Answers those requests for which no stream is begun, before the provider is asked for anything.</summary>
internal static class SseRefusal
{
    private const string EventStream = "text/event-stream";

    /// <summary>Answers a request if it is one of those.</summary>
    /// <returns>The answer on its way, or null where the stream shall begin.</returns>
    public static Task? TryAnswer(HttpContext context, SseSettings settings)
    {
        if (!Accepts(context.Request))
        {
            return SseProblem.WriteAsync(
                context,
                StatusCodes.Status406NotAcceptable,
                "The answer is a stream of events: accept text/event-stream.");
        }

        if (TryAnswerStopping(context, settings) is { } answered)
        {
            return answered;
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            SseHeaders.Apply(context);
            return Task.CompletedTask;
        }

        return null;
    }

    /// <summary>Answers a request that comes when the host has begun to stop.</summary>
    /// <inheritdoc cref="TryAnswer"/>
    public static Task? TryAnswerStopping(HttpContext context, SseSettings settings) =>
        HostStopping.TokenOf(context).IsCancellationRequested
            ? SseProblem.WriteAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                SseProblem.StoppingMessage,
                StreamOutcome.ServerStopping,
                settings.RetryWhenStopping)
            : null;

    // As RFC 9110, 12.5.1 has it: no header accepts everything, and so does one that no one can read.
    private static bool Accepts(HttpRequest request)
    {
        var header = request.Headers.Accept;
        if (header is [] or ["*/*"] || !MediaTypeHeaderValue.TryParseList(header, out var ranges) || ranges is [])
        {
            return true;
        }

        // The most specific range that matches decides, so that text/event-stream;q=0 refuses what */* accepts.
        var best = ranges
            .Where(static range => range.MatchesMediaType(EventStream))
            .MaxBy(static range => (range.MatchesAllTypes ? 0 : 1) + (range.MatchesAllSubTypes ? 0 : 1));
        return best is not null && best.Quality is not 0;
    }
}
