using LlmTracing.SentrySdk.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sentry.Extensibility;

namespace LlmTracing.SentrySdk.Transactions;

/// <summary>
/// Leaves out the SDK's own transaction of a request that is ours: a branch of the pipeline may have <c>UseSentryTracing()</c>, which
/// the check at the start does not see.
/// </summary>
internal sealed class SdkRequests(IServiceProvider services, IHttpContextAccessor requests) : ISentryTransactionProcessor
{
    private const string Origin = "auto.http.aspnetcore";

    private int _isSaid;

    public SentryTransaction? Process(SentryTransaction transaction)
    {
        if (transaction.Origin != Origin || requests.HttpContext?.Features.Get<ILlmTraceFeature>() is null)
        {
            return transaction;
        }

        if (Interlocked.Exchange(ref _isSaid, 1) == 0)
        {
            Log.RequestTracedTwice(services.GetRequiredService<ILoggerFactory>().CreateLogger(Log.Category));
        }

        return null;
    }
}
