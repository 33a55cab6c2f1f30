using System.Net;
using LlmTracing.Streaming.Flow;

namespace LlmTracing.Tests.Unit.Streaming.Flow;

public sealed class UpstreamFailureTests
{
    [Fact]
    public void StatusOf_HttpRequestException_IsItsStatus() =>
        Assert.Equal(429, UpstreamFailure.StatusOf(Http(HttpStatusCode.TooManyRequests)));

    [Fact]
    public void StatusOf_NoResponse_IsUnknown() => Assert.Null(UpstreamFailure.StatusOf(Http(null)));

    [Fact]
    public void StatusOf_AnotherException_IsUnknown() =>
        Assert.Null(UpstreamFailure.StatusOf(new InvalidOperationException()));

    [Fact]
    public void StatusOf_DeepInTheChain_IsFound() =>
        Assert.Equal(
            503, UpstreamFailure.StatusOf(new IOException("", new AggregateException(Http(HttpStatusCode.ServiceUnavailable)))));

    [Fact]
    public void StatusOf_ReaderOfAnSdk_IsAskedForEachOfTheChain()
    {
        LlmTrace.UseFailureStatus(StatusOfSdk);
        LlmTrace.UseFailureStatus(StatusOfSdk);

        Assert.Equal(418, UpstreamFailure.StatusOf(new IOException("", new SdkException(418))));
        Assert.Null(UpstreamFailure.StatusOf(new SdkException(0)));
    }

    [Fact]
    public void UseFailureStatus_Null_Throws() =>
        Assert.Throws<ArgumentNullException>("statusOf", static () => LlmTrace.UseFailureStatus(null!));

    [Fact]
    public void IsTimeout_TimeoutExceptionAnywhereInTheChain_IsTrue()
    {
        Assert.True(UpstreamFailure.IsTimeout(new TimeoutException()));
        Assert.True(UpstreamFailure.IsTimeout(new TaskCanceledException("", new TimeoutException())));
        Assert.True(UpstreamFailure.IsTimeout(new IOException("", new TaskCanceledException("", new TimeoutException()))));
    }

    [Fact]
    public void IsTimeout_MereCancellation_IsFalse()
    {
        Assert.False(UpstreamFailure.IsTimeout(new TaskCanceledException()));
        Assert.False(UpstreamFailure.IsTimeout(new InvalidOperationException("timed out")));
        Assert.False(UpstreamFailure.IsTimeout(null));
    }

    private static int? StatusOfSdk(Exception exception) =>
        exception is SdkException { Status: > 0 and var status } ? status : null;

    private static HttpRequestException Http(HttpStatusCode? status) => new("refused", null, status);

    private sealed class SdkException(int status) : Exception
    {
        public int Status => status;
    }
}
