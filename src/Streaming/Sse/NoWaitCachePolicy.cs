using Microsoft.AspNetCore.OutputCaching;

namespace LlmTracing.Streaming.Sse;

/// <summary>
/// Lets requests that ask for the same pass an output cache at the same time: waiting for a stream's end, in the hope
/// that it is stored, would be in vain.
/// </summary>
/// <param name="outer">The policy that a group has set, in whose place this one stands.</param>
internal sealed class NoWaitCachePolicy(IOutputCachePolicy? outer) : IOutputCachePolicy
{
    public async ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        if (outer is not null)
        {
            await outer.CacheRequestAsync(context, cancellation);
        }

        context.AllowLocking = false;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) =>
        outer?.ServeFromCacheAsync(context, cancellation) ?? ValueTask.CompletedTask;

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation) =>
        outer?.ServeResponseAsync(context, cancellation) ?? ValueTask.CompletedTask;
}
