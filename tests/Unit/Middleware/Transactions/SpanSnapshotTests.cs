using System.Diagnostics;
using LlmTracing.Middleware.Transactions;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Middleware.Transactions;

public sealed class SpanSnapshotTests
{
    [Fact]
    public async Task Take_SpanIsStillWrittenTo_EveryAttributeHasAName()
    {
        const int snapshots = 100_000;
        using var root = new Activity("root").Start();
        using var open = new Activity("open").Start();
        using var stop = new CancellationTokenSource();
        var isWriting = new TaskCompletionSource();
        var writing = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    isWriting.TrySetResult();
                    open.SetTag("first", 1).SetTag("second", 2).SetTag("first", null).SetTag("second", null);
                }
            },
            TestContext.Current.CancellationToken);

        await isWriting.Task.BoundAsync();
        var unnamed = 0;
        for (var i = 0; i < snapshots; i++)
        {
            var span = new SpanSnapshot(root, [open], static _ => true, DateTimeOffset.UnixEpoch).Take().Spans[0];
            unnamed += span.Attributes.Count(static attribute => attribute.Key is null);
        }

        await stop.CancelAsync();
        await writing;
        Assert.Equal(0, unnamed);
    }
}
