using System.Collections.Immutable;

namespace LlmTracing.Streaming.Flow;

/// <summary>Reads an exception for what it says of the provider.</summary>
internal static class UpstreamFailure
{
    private static ImmutableArray<Func<Exception, int?>> _readers = [StatusOfHttp, StatusOfStream];

    public static void Use(Func<Exception, int?> statusOf)
    {
        // The same method twice, as from two hosts in one process, is one reader.
        if (!_readers.Contains(statusOf))
        {
            ImmutableInterlocked.Update(ref _readers, static (readers, added) => readers.Add(added), statusOf);
        }
    }

    /// <summary>Gives the HTTP status with which the provider refused, if any exception of the chain knows it.</summary>
    public static int? StatusOf(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            foreach (var statusOf in _readers)
            {
                if (statusOf(cause) is { } status)
                {
                    return status;
                }
            }
        }

        return null;
    }

    /// <summary>Tells whether time ran out, as HttpClient.Timeout does with a TimeoutException inside.</summary>
    public static bool IsTimeout(Exception? exception)
    {
        while (exception is not (null or TimeoutException))
        {
            exception = exception.InnerException;
        }

        return exception is not null;
    }

    /// <summary>Tells how a stream ended that ended with an exception.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="clientLeft">Is cancelled when the client leaves.</param>
    /// <param name="consumersToken">The token that the consumer gave the source.</param>
    public static StreamOutcome OutcomeOf(
        Exception exception, CancellationToken clientLeft, CancellationToken consumersToken)
    {
        // The source can see a token cancelled before whoever cancelled it has said why: the client's own token tells.
        if (clientLeft.IsCancellationRequested)
        {
            return StreamOutcome.ClientDisconnected;
        }

        if (consumersToken.IsCancellationRequested)
        {
            return StreamOutcome.Abandoned;
        }

        return IsTimeout(exception) ? StreamOutcome.UpstreamTimedOut : StreamOutcome.UpstreamFailed;
    }

    private static int? StatusOfHttp(Exception exception) => (int?)(exception as HttpRequestException)?.StatusCode;

    private static int? StatusOfStream(Exception exception) => (exception as LlmStreamException)?.StatusCode;
}
