using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace LlmTracing.SentryExporter.Delivery;

/// <summary>Until when Sentry wants nothing of a kind.</summary>
/// <remarks>https://develop.sentry.dev/sdk/expected-features/rate-limiting/.</remarks>
internal sealed class RateLimits(TimeProvider time)
{
    private const string Header = "X-Sentry-Rate-Limits";
    private const string All = "";

    // What an answer 429 means that does not say for how long.
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();

    // Each from when, and for how long: by a clock that nobody sets.
    private readonly Dictionary<string, (long Since, TimeSpan Wait)> _limits = [];

    public bool IsLimited(string category)
    {
        lock (_lock)
        {
            return LeftOf(All) > TimeSpan.Zero || LeftOf(category) > TimeSpan.Zero;
        }
    }

    /// <summary>Takes up what an answer says of limits, which one that is no refusal may do too.</summary>
    public void Heed(HttpResponseMessage answer)
    {
        var isSaid = false;
        if (answer.Headers.TryGetValues(Header, out var values))
        {
            foreach (var limit in values.SelectMany(static value => value.Split(',')))
            {
                isSaid |= Heed(limit);
            }
        }

        if (!isSaid && answer.StatusCode == HttpStatusCode.TooManyRequests)
        {
            Limit(All, WaitOf(answer.Headers.RetryAfter));
        }
    }

    // seconds:category;category:scope:reason, of which no category means all. One that is not known here is kept, and
    // never asked for.
    private bool Heed(ReadOnlySpan<char> limit)
    {
        limit = limit.Trim();
        var colon = limit.IndexOf(':');
        if (!double.TryParse(
            colon < 0 ? limit : limit[..colon], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            || seconds is not (>= 0 and <= int.MaxValue))
        {
            return false;
        }

        var rest = colon < 0 ? [] : limit[(colon + 1)..];
        var end = rest.IndexOf(':');
        var categories = (end < 0 ? rest : rest[..end]).ToString();
        foreach (var category in categories.Split(';'))
        {
            Limit(category.Trim(), TimeSpan.FromSeconds(seconds));
        }

        return true;
    }

    // The longest wins.
    private void Limit(string category, TimeSpan wait)
    {
        lock (_lock)
        {
            if (wait > LeftOf(category))
            {
                _limits[category] = (time.GetTimestamp(), wait);
            }
        }
    }

    private TimeSpan LeftOf(string category) =>
        _limits.TryGetValue(category, out var limit) ? limit.Wait - time.GetElapsedTime(limit.Since) : TimeSpan.Zero;

    private TimeSpan WaitOf(RetryConditionHeaderValue? retryAfter) => retryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        { Date: not null } => TimeSpan.Zero,
        _ => Default,
    };
}
