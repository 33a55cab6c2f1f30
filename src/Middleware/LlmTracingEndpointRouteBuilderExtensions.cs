using System.Diagnostics.CodeAnalysis;
using LlmTracing;
using LlmTracing.Middleware.TraceView;
using LlmTracing.Middleware.Transactions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds endpoints that show the app's traces.</summary>
public static class LlmTracingEndpointRouteBuilderExtensions
{
    /// <summary>Maps the app's last transactions, for a page that shows them while the app is developed.</summary>
    /// <param name="endpoints">The app.</param>
    /// <param name="pattern">Where they are.</param>
    /// <returns>Their conventions, for <c>.RequireAuthorization(…)</c> and the like.</returns>
    /// <remarks>
    /// <para>
    /// <c>GET {pattern}</c> gives <c>{"transactions":[…]}</c>: those that are open and the last 100 that have ended, or fewer large ones, in memory, the
    /// newest first. <c>GET {pattern}/stream</c> gives the same as server-sent events <c>transaction</c>, the oldest first, and goes
    /// on: an open one comes four times a second, as it stands, and once more when it has ended. <c>?trace=</c> and a trace id
    /// gives those of one trace.
    /// </para>
    /// <para>
    /// A transaction is <c>{"traceId","spanId","parentSpanId","name","source","start","durationMs","isOpen","isError",
    /// "attributes":{…},"spans":[…]}</c>, and a span the same without <c>traceId</c> and <c>spans</c>.
    /// </para>
    /// <para>
    /// Outside of the environment Development both answer 404, unless authorization is required of them. What was said is only
    /// there with <see cref="LlmTracingOptions.CaptureContent"/>.
    /// </para>
    /// </remarks>
    /// <exception cref="InvalidOperationException"><c>AddLlmTracing()</c> was not called on the services.</exception>
    public static IEndpointConventionBuilder MapLlmTraces(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern = "/_llm-traces")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        var recent = services.GetService<RecentTransactions>() ?? throw new InvalidOperationException(
            "app.MapLlmTraces() needs the services of LlmTracing: call builder.Services.AddLlmTracing() before the app is built.");
        var feed = ActivatorUtilities.CreateInstance<TraceFeed>(services);

        var group = endpoints.MapGroup(pattern);
        group.MapGet("", context =>
        {
            LeaveOut(context);
            return TypedResults.Text(
                TransactionJson.Of(Newest(recent).Where(IsWantedBy(context))), "application/json").ExecuteAsync(context);
        });
        group.MapGet("stream", context =>
        {
            LeaveOut(context);
            return feed.WriteAsync(context, IsWantedBy(context));
        });
        group.ExcludeFromDescription();
        ((IEndpointConventionBuilder)group).Finally(ActivatorUtilities.CreateInstance<TraceViewAccess>(services).Decide);
        return group;
    }

    // Traces would show themselves, again with each look. Here, for the middleware may come before routing.
    private static void LeaveOut(HttpContext context) => (context.Features.Get<ILlmTraceFeature>() as RequestTrace)?.Discard();

    private static IEnumerable<FinishedTransaction> Newest(RecentTransactions recent)
    {
        long none = 0;
        var open = recent.Open();
        return recent.EndedSince(ref none).Concat(open).DistinctBy(static one => one.Root.SpanId).Reverse();
    }

    private static Func<FinishedTransaction, bool> IsWantedBy(HttpContext context)
    {
        var trace = context.Request.Query["trace"].ToString();
        return trace.Length == 0 ? static _ => true : transaction => transaction.TraceId.ToHexString() == trace;
    }
}
