namespace LlmTracing.Middleware.Transactions;

/// <summary>What becomes of the last transactions of a process with one sink.</summary>
internal sealed class SinkDelivery
{
    private volatile bool _hasAccepted;
    private volatile bool _hasFlushed;

    private SinkDelivery()
    {
    }

    /// <summary>Gets a value indicating whether the sink has them.</summary>
    public bool HasAccepted => _hasAccepted;

    /// <summary>Gets a value indicating whether it has delivered them too, or kept them safely.</summary>
    public bool HasFlushed => _hasFlushed;

    /// <summary>Gets a task that completes when the sink does no more for them.</summary>
    public Task WhenOver { get; private set; } = Task.CompletedTask;

    /// <summary>Gives them to the sink on a thread of its own.</summary>
    /// <param name="accept">Has the sink accept them; it throws nothing.</param>
    /// <param name="flush">Has it flushed, and tells whether it was.</param>
    public static SinkDelivery Start(Action accept, Func<Task<bool>> flush)
    {
        var delivery = new SinkDelivery();
        delivery.WhenOver = Task.Factory.StartNew(
            async () =>
            {
                accept();
                delivery._hasAccepted = true;
                delivery._hasFlushed = await flush().ConfigureAwait(false);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap();
        return delivery;
    }
}
