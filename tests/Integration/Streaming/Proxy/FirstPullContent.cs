using System.Net;
using System.Text;

namespace LlmTracing.Tests.Integration.Streaming.Proxy;

/// <summary>A provider's body of some text that tells when it is pulled for the first time.</summary>
internal sealed class FirstPullContent(string text, Action onFirstPull) : HttpContent
{
    protected override Task<Stream> CreateContentReadStreamAsync()
    {
        onFirstPull();
        return Task.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes(text)));
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        throw new NotSupportedException("It is read, not written.");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
