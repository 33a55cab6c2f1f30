using LlmTracing.Benchmarks.Load.Client;

namespace LlmTracing.Benchmarks.Load.Run;

/// <summary>The loads, by name. A quick run has the same, with fewer requests and turns.</summary>
internal static class Scenarios
{
    public const string Long = "saturated, text, 16 streams, 2,000 chunks";
    public const string Saturated = "saturated, text, 16 streams";
    public const string SaturatedJson = "saturated, JSON, 16 streams";
    public const string Pace = "LLM pace, 2,000 streams";
    public const string Idle = "idle, 10,000 streams";
    public const string FewOpen = "20,000 chunks/s on 100 streams";
    public const string ManyOpen = "20,000 chunks/s on 10,000 streams";

    private static readonly Variant[] WithFloor = Enum.GetValues<Variant>();

    public static IEnumerable<Scenario> Of(bool isQuick)
    {
        var (pairs, share) = isQuick ? (5, 4) : (9, 1);
        foreach (var (kind, path) in new[] { ("text", "/text"), ("JSON", "/json") })
        {
            foreach (var streams in new[] { 1, 16, 256 })
            {
                yield return Plain($"saturated, {kind}, {streams} stream{(streams == 1 ? "" : "s")}", path, 200, streams, 8000 / share, pairs) with
                {
                    Variants = WithFloor,
                };
            }
        }

        yield return Plain(Long, "/text", 2000, 16, 800 / share, pairs) with { Variants = WithFloor };
        yield return Plain("churn, 3 chunks a stream", "/text", 3, 16, 40_000 / share, pairs);
        yield return Plain(Pace, "/text", 100, 2000, 2000, pairs, gap: 20, startSpread: 1000) with { Variants = WithFloor };
        yield return Plain("slow readers, 16 streams", "/text", 60_000, 16, 16, pairs, readPause: 1);
        yield return Plain(FewOpen, "/text", 6, 100, 10_000 / share, pairs, gap: 5);
        yield return Plain(ManyOpen, "/text", 6, 10_000, 10_000, pairs, gap: 500);
        yield return Held("disconnect storm, 2,000 streams", 2000, pairs, "/text", resets: true);
        yield return Held(Idle, 10_000, pairs, "/text") with { MeasuresMemory = true };
        yield return Held("idle, 10,000 streams, a heartbeat a second", 10_000, isQuick ? 3 : pairs, "/beats") with
        {
            Variants = [Variant.Bare, Variant.Ours, Variant.Sampled],
            Beats = TimeSpan.FromSeconds(3),
        };
    }

    /// <summary>Gives the loads that go before all others, so that the servers are compiled to the end.</summary>
    public static IEnumerable<Scenario> WarmUps()
    {
        for (var i = 0; i < 3; i++)
        {
            yield return Plain("warm-up", "/text", 200, 16, 4000, pairs: 1);
            yield return Plain("warm-up", "/json", 200, 16, 4000, pairs: 1);
            yield return Plain("warm-up", "/text", 50, 200, 200, pairs: 1, gap: 2);
        }
    }

    private static Scenario Plain(
        string name, string path, int chunks, int streams, int requests, int pairs, int gap = 0, int? startSpread = null, int readPause = 0) =>
        new(name, chunks, new LoadPlan
        {
            Port = 0,
            Target = $"{path}?chunks={chunks}&gap={gap}",
            Streams = streams,
            Requests = requests,
            StartSpread = startSpread ?? gap,
            ReadPause = readPause,
        })
        {
            Pairs = pairs,
        };

    private static Scenario Held(string name, int streams, int pairs, string path, bool resets = false) =>
        new(name, 1, new LoadPlan { Port = 0, Target = $"{path}?chunks=1&holds=true", Streams = streams, HoldsStreams = true, Resets = resets })
        {
            Pairs = pairs,
        };
}
