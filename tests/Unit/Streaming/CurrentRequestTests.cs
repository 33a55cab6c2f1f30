using LlmTracing.Tests.Unit.Support;
using Microsoft.AspNetCore.Http;

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
}
