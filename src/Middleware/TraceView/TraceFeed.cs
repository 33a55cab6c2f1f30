using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace LlmTracing.Middleware.TraceView;

/// <summary>The transactions as they are made: each that is open again and again, and once more when it has ended.</summary>
internal sealed class TraceFeed(RecentTransactions recent, TimeProvider time, IHostApplicationLifetime host)
{
    // Often enough to look alive. A look costs what the open transactions hold, for each page that looks.
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // How what is open ends by the stop of the host is told too, for three seconds: a source may take one to be put away.
    private const int MostLastLooks = 12;

    /// <summary>Answers with them as events <c>transaction</c>, until the reader leaves or the host stops.</summary>
    public async Task WriteAsync(HttpContext context, Func<FinishedTransaction, bool> isWanted)
    {
        // At once: TypedResults.ServerSentEvents would not answer before there is something to tell.
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await SseFormatter.WriteAsync(FollowAsync(isWanted, context.RequestAborted), context.Response.Body, context.RequestAborted);
    }

    private async IAsyncEnumerable<SseItem<string>> FollowAsync(
        Func<FinishedTransaction, bool> isWanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Without the host's a page that is left open would hold up every stop.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping);
        using var timer = new PeriodicTimer(Interval, time);
        var (seen, lastLooks, isAnyOpen) = (0L, 0, false);
        do
        {
            // The open ones first: one that ends in between is told of once more, as ended.
            var open = recent.Open().Where(isWanted).ToList();
            var ended = recent.EndedSince(ref seen).Where(isWanted).ToList();
            var ids = ended.Select(static one => one.Root.SpanId).ToHashSet();
            foreach (var transaction in open.Where(one => !ids.Contains(one.Root.SpanId)).Concat(ended))
            {
                yield return new SseItem<string>(TransactionJson.Of(transaction), "transaction");
            }

            isAnyOpen = open.Count > 0;
        }
        while (await NextAsync(timer, end.Token)
            || (lastLooks++ < MostLastLooks && (isAnyOpen || lastLooks == 1) && await NextAsync(timer, cancellationToken)));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
