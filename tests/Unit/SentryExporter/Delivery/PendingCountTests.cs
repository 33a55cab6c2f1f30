using LlmTracing.SentryExporter.Delivery;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.SentryExporter.Delivery;

public sealed class PendingCountTests
{
    private readonly PendingCount _pending = new();

    [Fact]
    public void WhenNone_NothingPending_IsCompleted()
    {
        Assert.Equal(0, _pending.Count);
        Assert.True(_pending.WhenNone().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task WhenNone_SomePending_CompletesWithTheLast()
    {
        _pending.Add();
        _pending.Add();
        var (first, second) = (_pending.WhenNone(), _pending.WhenNone());

        _pending.Remove();
        Assert.Equal(1, _pending.Count);
        Assert.False(first.IsCompleted);
        _pending.Remove();

        await Task.WhenAll(first, second).BoundAsync();
        Assert.Equal(0, _pending.Count);
    }

    [Fact]
    public async Task WhenNone_PendingAgainAfterNone_WaitsAgain()
    {
        _pending.Add();
        var first = _pending.WhenNone();
        _pending.Remove();
        _pending.Add();
        var second = _pending.WhenNone();

        await first.BoundAsync();
        Assert.False(second.IsCompleted);
        _pending.Remove();

        await second.BoundAsync();
    }

    [Fact]
    public async Task WhenNone_ManyThreads_EachWaitEnds()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                _pending.Add();
                var none = _pending.WhenNone();
                _pending.Remove();
                await none;
            }
        }))).BoundAsync();

        Assert.Equal(0, _pending.Count);
    }
}
