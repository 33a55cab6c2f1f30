namespace SseChatApi.Demo;

/// <summary>How long the demo model waits before each token: the same for the same question.</summary>
internal sealed class DemoPace(string question)
{
    private const int ShortestGapMilliseconds = 15;
    private const int LongestGapMilliseconds = 45;

    public static readonly TimeSpan FirstToken = TimeSpan.FromMilliseconds(150);

    private readonly Random _random = new(Seed(question));
    private bool _started;

    public TimeSpan Next()
    {
        if (!_started)
        {
            _started = true;
            return FirstToken;
        }

        return TimeSpan.FromMilliseconds(_random.Next(ShortestGapMilliseconds, LongestGapMilliseconds + 1));
    }

    // string.GetHashCode differs from process to process.
    private static int Seed(string question) =>
        question.Aggregate(17, (seed, character) => unchecked((seed * 31) + character));
}
