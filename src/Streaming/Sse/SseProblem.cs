using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using LlmTracing.Streaming.Flow;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LlmTracing.Streaming.Sse;

/// <summary>Answers with a status and ProblemDetails where a stream of events has not begun.</summary>
internal static class SseProblem
{
    public const string StoppingMessage = "The server is stopping. Please try again.";

    /// <summary>Gives the span of the request, for its trace id and for how it ended.</summary>
    public static Activity? TransactionOf(HttpContext context) =>
        context.Features.Get<ILlmTraceFeature>()?.Transaction
        ?? context.Features.Get<IHttpActivityFeature>()?.Activity;

    /// <summary>Gives the status for a stream that failed before its first chunk.</summary>
    public static int StatusOf(Exception failure, StreamOutcome outcome)
    {
        if (outcome == StreamOutcome.UpstreamTimedOut)
        {
            return StatusCodes.Status504GatewayTimeout;
        }

        return UpstreamFailure.StatusOf(failure) switch
        {
            // What the client can do something about: wait.
            StatusCodes.Status429TooManyRequests => StatusCodes.Status429TooManyRequests,
            StatusCodes.Status503ServiceUnavailable => StatusCodes.Status503ServiceUnavailable,
            StatusCodes.Status408RequestTimeout => StatusCodes.Status504GatewayTimeout,
            StatusCodes.Status504GatewayTimeout => StatusCodes.Status504GatewayTimeout,

            // The provider refused this server, with its credentials and its request, and not the client.
            not null => StatusCodes.Status502BadGateway,
            null when IsOfTheNetwork(failure) => StatusCodes.Status502BadGateway,
            null => StatusCodes.Status500InternalServerError,
        };
    }

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status.</param>
    /// <param name="message">What the client may know of the reason.</param>
    /// <param name="outcome">How the stream ended, or would have.</param>
    /// <param name="retry">After how long to try again.</param>
    public static Task WriteAsync(
        HttpContext context, int status, string message, StreamOutcome? outcome = null, TimeSpan? retry = null)
    {
        if (retry is { } interval)
        {
            var seconds = Math.Ceiling(interval.TotalSeconds);
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var more = new Dictionary<string, object?> { ["traceId"] = TransactionOf(context)?.TraceId.ToHexString() };
        if (outcome is { } known)
        {
            more["outcome"] = known.ToAttributeValue();
        }

        return TypedResults.Problem(message, statusCode: status, extensions: more).ExecuteAsync(context);
    }

    // The provider could not be reached, or its answer broke off. Any other input may be the app's own.
    private static bool IsOfTheNetwork(Exception failure) =>
        failure is HttpRequestException or HttpIOException or IOException { InnerException: SocketException };
}
