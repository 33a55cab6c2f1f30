using LlmTracing.SentrySdk.Transactions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.SentrySdk.Errors;

/// <summary>Tells what a client has caused by leaving, as its request's transaction does: that is no error.</summary>
internal sealed class ClientDisconnects(IHttpContextAccessor requests)
{
    // Whose loggers tell of what has ended a request.
    private const string Framework = "Microsoft.AspNetCore.";
    private const string UnhandledMechanism = "SentryMiddleware.UnhandledException";

    public bool HaveCaused(SentryEvent @event)
    {
        if (@event.Exception is not { } exception)
        {
            return false;
        }

        var all = ExceptionChain.Of(exception);
        if (all.Any(static one => one is ConnectionResetException or ConnectionAbortedException))
        {
            return true;
        }

        // Not RequestAborted as it is now: a middleware that limits requests replaces it by one of its own.
        return requests.HttpContext?.Features.Get<RequestStart>() is { Aborted.IsCancellationRequested: true }
            && (HasEndedTheRequest(@event) || all.Any(static one => one is OperationCanceledException));
    }

    private static bool HasEndedTheRequest(SentryEvent @event) =>
        @event.SentryExceptions?.Any(static one => one.Mechanism?.Type == UnhandledMechanism) == true
        || @event.Logger?.StartsWith(Framework, StringComparison.Ordinal) == true;
}
