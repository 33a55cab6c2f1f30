using System.Text;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Proxy;

[Collection(RunsAlone.Name)]
public sealed class TracedSseProxyDisposalTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TracedSseProxy_ReadOrNeverPulled_DisposesOfTheResponse(bool clientHasLeft)
    {
        var stream = new MemoryStream(Encoding.UTF8.GetBytes("data: one\n\ndata: two\n\n"));
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().BuildServiceProvider() };
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        context.RequestAborted = new CancellationToken(clientHasLeft);
        var upstream = new HttpResponseMessage { Content = new StreamContent(stream) };

        await Results.TracedSseProxy(upstream, new LlmCall()).ExecuteAsync(context);

        Assert.False(stream.CanRead);
    }
}
