using System.Diagnostics;
using LlmTracing.Middleware.Telemetry;
using LlmTracing.Middleware.Transactions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmTracing.Middleware;

/// <summary>Makes of each request one transaction, out of the span that ASP.NET Core has for it anyway.</summary>
internal sealed class LlmTracingMiddleware(
    RequestDelegate next,
    TransactionCollector collector,
    IOptions<LlmTracingOptions> options,
    IEnumerable<IRequestObserver> observers,
    ILoggerFactory loggerFactory)
{
    /// <summary>The property of an app that says that this is in its pipeline.</summary>
    public const string InPipeline = "LlmTracing.UseLlmTracing";

    private readonly IRequestObserver[] _observers = [.. observers];
    private readonly ILogger _logger = loggerFactory.CreateLogger(Log.Category);

    public Task InvokeAsync(HttpContext context)
    {
        // A second UseLlmTracing, or a pipeline that runs twice for a request, adds nothing.
        return context.Features.Get<ILlmTraceFeature>() is null ? InvokeTracedAsync(context) : next(context);
    }

    private async Task InvokeTracedAsync(HttpContext context)
    {
        var hosting = context.Features.Get<IHttpActivityFeature>()?.Activity;
        using var own = hosting is null ? ServerActivity.Start(context) : null;
        var root = hosting ?? own;
        if (root is not null && !IsWanted(context))
        {
            DropFromTrace(root);
        }

        var transaction = root is null ? null : collector.Adopt(root);
        context.Features.Set<ILlmTraceFeature>(new RequestTrace(root, transaction));

        // The services are made when they are first asked for, which must not be by two flows of the request at once.
        _ = context.RequestServices;
        TellObservers(context, root);
        if (transaction is null)
        {
            await next(context);
        }
        else
        {
            await RecordAsync(context, transaction);
        }
    }

    private async Task RecordAsync(HttpContext context, OpenTransaction transaction)
    {
        var request = new RequestSpan(transaction.Root, context);
        Observe(request, static (request, _) => request.Begin());
        transaction.KeepRoot();
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            Observe(request, static (request, exception) => request.Fail(exception!), exception);
            throw;
        }
        finally
        {
            Observe(request, static (request, _) => request.End());
            transaction.WriteTotals();
        }
    }

    // Not awaited, so that what they set in the flow is there for the rest of the request.
    private void TellObservers(HttpContext context, Activity? root)
    {
        if (root is null)
        {
            return;
        }

        foreach (var observer in _observers)
        {
            try
            {
                observer.OnBegin(context, root);
            }
            catch (Exception fault)
            {
                Log.RequestNotDescribed(_logger, fault);
            }
        }
    }

    // Other listeners, and an app's own features and exceptions, may fail: the request goes on as if nobody looked.
    private void Observe(RequestSpan request, Action<RequestSpan, Exception?> observe, Exception? exception = null)
    {
        try
        {
            observe(request, exception);
        }
        catch (Exception fault)
        {
            Log.RequestNotDescribed(_logger, fault);
        }
    }

    private bool IsWanted(HttpContext context)
    {
        try
        {
            return options.Value.Filter(context);
        }
        catch (Exception exception)
        {
            Log.FilterFailed(_logger, exception);
            return true;
        }
    }

    // Before any child exists: children ask the flag whether they are recorded.
    private static void DropFromTrace(Activity root)
    {
        root.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        root.IsAllDataRequested = false;
    }
}
