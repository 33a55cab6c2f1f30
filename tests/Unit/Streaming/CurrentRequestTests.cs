using System.Diagnostics;
using LlmTracing.Tests.Unit.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LlmTracing.Tests.Unit.Streaming;

public sealed class CurrentRequestTests
{
    [Fact]
    public async Task TraceLlm_RequestEndsWhileItIsRead_ItIsAsIfThereWereNone()
    {
        using var spans = new SpanRecorder();
        var request = new DefaultHttpContext();
        var accessor = new HttpContextAccessor { HttpContext = request };

        // As the server does with a context that it will use again; the flow has read the accessor before.
        request.Uninitialize();
        using var stream = LlmTrace.StartTool("late");
        await Streams.Of(1).TraceLlm().ReadAsync();

        Assert.Null(LlmTrace.Transaction);
        Assert.Equal(2, spans.Started.Count);
        accessor.HttpContext = null;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Transaction_NextRequestOfTheConnectionBeginsWhileItIsRead_IsNotThatOfTheNext(bool isListCleared)
    {
        using var spans = new SpanRecorder();
        var accessor = new HttpContextAccessor();
        var features = new FeatureCollection();
        features.Set<ILlmTraceFeature>(new FeatureOfTheNext(() =>
        {
            // As the server does it, with the objects of the request that ends.
            accessor.HttpContext = null;
            return isListCleared ? throw new InvalidOperationException("The list was cleared.") : spans.Root;
        }));
        accessor.HttpContext = new DefaultHttpContext(features);

        Assert.Null(LlmTrace.Transaction);
    }

    private sealed class FeatureOfTheNext(Func<Activity> read) : ILlmTraceFeature
    {
        public Activity? Transaction => read();

        public LlmUsage Totals => default;

        public int LlmCalls => 0;
    }
}
