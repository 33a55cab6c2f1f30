using LlmTracing.Middleware.Telemetry;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Middleware.TraceView;

/// <summary>Who may look: everyone in Development, elsewhere those whom the app's own authorization lets in, else nobody.</summary>
internal sealed class TraceViewAccess(RecentTransactions recent, IHostEnvironment environment, ILoggerFactory loggers)
{
    private int _isSaid;

    /// <summary>Decides it for an endpoint, when all that the app has said of that is known.</summary>
    public void Decide(EndpointBuilder endpoint)
    {
        if (environment.IsDevelopment() || IsProtected(endpoint.Metadata))
        {
            recent.Keep();
            return;
        }

        endpoint.RequestDelegate = static context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        };
        if (Interlocked.Exchange(ref _isSaid, 1) == 0)
        {
            Log.TraceViewRefused(loggers.CreateLogger(Log.Category), environment.EnvironmentName);
        }
    }

    // Not a bare policy: where the app has no authorization, the framework fails a request for the sake of IAuthorizeData alone.
    private static bool IsProtected(IList<object> metadata) =>
        metadata.Any(static one => one is IAuthorizeData) && !metadata.Any(static one => one is IAllowAnonymous);
}
