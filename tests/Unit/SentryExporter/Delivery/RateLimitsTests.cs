using System.Net;
using LlmTracing.SentryExporter.Delivery;

namespace LlmTracing.Tests.Unit.SentryExporter.Delivery;

public sealed class RateLimitsTests
{
    private readonly Clock _clock = new();

    [Theory]
    [InlineData("60:transaction:organization", "transaction", 60)]
    [InlineData("60:error;transaction:key:quota", "transaction", 60)]
    [InlineData("60::organization", "error", 60)]
    [InlineData("60", "error", 60)]
    [InlineData("60:error:organization, 2700:transaction;attachment:organization", "transaction", 2700)]
    [InlineData("10:transaction:key,30:transaction:organization,20:transaction:project", "transaction", 30)]
    [InlineData(" 1.5 : transaction ", "transaction", 1.5)]
    [InlineData("60:default;replay:organization", "transaction", 0)]
    [InlineData("soon:transaction:organization", "transaction", 0)]
    [InlineData("-5:transaction:organization", "transaction", 0)]
    [InlineData("1e300:transaction:organization", "transaction", 0)]
    [InlineData("NaN::", "transaction", 0)]
    [InlineData("", "transaction", 0)]
    [InlineData(",,:;:", "transaction", 0)]
    public void Heed_Header_LimitsItsCategoriesForThatLong(string header, string category, double seconds)
    {
        var limits = Heed(200, ("X-Sentry-Rate-Limits", header));

        Assert.Equal(TimeSpan.FromSeconds(seconds), LengthOf(limits, category));
    }

    [Theory]
    [InlineData(429, null, 60)]
    [InlineData(429, "7", 7)]
    [InlineData(429, "Sun, 06 Nov 2050 08:49:37 GMT", 37)]
    [InlineData(429, "Sun, 06 Nov 1994 08:49:37 GMT", 0)]
    [InlineData(429, "later", 60)]
    [InlineData(503, "7", 0)]
    [InlineData(200, "7", 0)]
    public void Heed_RetryAfter_CountsFor429Alone(int status, string? retryAfter, double seconds)
    {
        var limits = retryAfter is null ? Heed(status) : Heed(status, ("Retry-After", retryAfter));

        Assert.Equal(TimeSpan.FromSeconds(seconds), LengthOf(limits, "transaction"));
    }

    [Fact]
    public void Heed_429WithBoth_TheHeaderOfSentryWins() => Assert.Equal(
        TimeSpan.FromSeconds(5),
        LengthOf(Heed(429, ("X-Sentry-Rate-Limits", "5:transaction:key"), ("Retry-After", "100")), "transaction"));

    [Theory]
    [InlineData("")]
    [InlineData("soon:transaction:organization")]
    public void Heed_429WithAHeaderThatSaysNothing_RetryAfterCounts(string header) => Assert.Equal(
        TimeSpan.FromSeconds(100),
        LengthOf(Heed(429, ("X-Sentry-Rate-Limits", header), ("Retry-After", "100")), "transaction"));

    private RateLimits Heed(int status, params (string Name, string Value)[] headers)
    {
        using var answer = new HttpResponseMessage((HttpStatusCode)status);
        foreach (var (name, value) in headers)
        {
            answer.Headers.TryAddWithoutValidation(name, value);
        }

        var limits = new RateLimits(_clock);
        limits.Heed(answer);
        return limits;
    }

    private TimeSpan LengthOf(RateLimits limits, string category)
    {
        var start = _clock.Now;
        while (limits.IsLimited(category))
        {
            _clock.Now += TimeSpan.FromSeconds(0.5);
        }

        return _clock.Now - start;
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2050, 11, 6, 8, 49, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.UtcTicks;
    }
}
