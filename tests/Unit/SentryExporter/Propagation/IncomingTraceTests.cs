using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using LlmTracing.SentryExporter.Propagation;
using Microsoft.Extensions.Options;

namespace LlmTracing.Tests.Unit.SentryExporter.Propagation;

public sealed partial class IncomingTraceTests
{
    private const string TraceId = "771a43a4192642f0b136d5159a501700";
    private const string SpanId = "b7ad6b7169203331";
    private const string OtherTraceId = "0af7651916cd43dd8448eb211c80319c";

    [Theory]
    [InlineData($"{TraceId}-{SpanId}-1", true)]
    [InlineData($"{TraceId}-{SpanId}-0", false)]
    public void Read_SentryTrace_IsContinuedWithItsDecision(string sentryTrace, bool isSampled)
    {
        var trace = Read(new() { ["sentry-trace"] = sentryTrace }, rate: isSampled ? 0 : 1);

        Assert.Equal((TraceId, SpanId), (trace.Parent?.TraceId.ToHexString(), trace.Parent?.SpanId.ToHexString()));
        Assert.Equal(isSampled ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None, trace.Parent?.TraceFlags);
        Assert.True(trace.Parent?.IsRemote);
    }

    [Fact]
    public void Read_SentryTraceAndTraceParent_SentryTraceWins()
    {
        var trace = Read(new()
        {
            ["sentry-trace"] = $"{TraceId}-{SpanId}-1",
            ["traceparent"] = $"00-{OtherTraceId}-{SpanId}-00",
            ["tracestate"] = "vendor=1",
        });

        Assert.Equal(TraceId, trace.Parent?.TraceId.ToHexString());
        Assert.Equal(ActivityTraceFlags.Recorded, trace.Parent?.TraceFlags);
        Assert.Null(trace.Parent?.TraceState);
    }

    [Fact]
    public void Read_BothOfOneTrace_KeepsTheState()
    {
        var trace = Read(new()
        {
            ["sentry-trace"] = $"{TraceId}-{SpanId}-1",
            ["traceparent"] = $"00-{TraceId}-{SpanId}-01",
            ["tracestate"] = "vendor=1",
        });

        Assert.Equal("vendor=1", trace.Parent?.TraceState);
    }

    [Fact]
    public void Read_SentryTraceIsMalformed_TraceParentCounts()
    {
        var trace = Read(new() { ["sentry-trace"] = "wrong", ["traceparent"] = $"00-{OtherTraceId}-{SpanId}-01" });

        Assert.Equal(OtherTraceId, trace.Parent?.TraceId.ToHexString());
    }

    [Theory]
    [InlineData("0.25", 0.5, true)]
    [InlineData("0.75", 0.5, false)]
    [InlineData("0.5", 0.5, false)]
    [InlineData("0", 0, false)]
    [InlineData("0.999999", 1, true)]
    public void Read_DecisionIsLeftToUs_ItFollowsFromTheCallersRandomNumber(string random, double rate, bool isSampled)
    {
        var trace = Read(
            new()
            {
                ["sentry-trace"] = $"{TraceId}-{SpanId}",
                ["baggage"] = $"sentry-trace_id={TraceId},sentry-sample_rand={random}",
            },
            rate: rate);

        Assert.Equal(isSampled, trace.Parent?.TraceFlags == ActivityTraceFlags.Recorded);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sentry-sample_rand=1")]
    [InlineData("sentry-sample_rand=-0.1")]
    [InlineData("sentry-sample_rand=NaN")]
    [InlineData("sentry-sample_rand=x")]
    public void Read_DecisionIsLeftToUsWithoutANumber_ItFollowsFromTheTraceId(string baggage)
    {
        var headers = new Dictionary<string, string> { ["sentry-trace"] = $"{TraceId}-{SpanId}", ["baggage"] = baggage };
        var random = SampleRandom.Of(ActivityTraceId.CreateFromString(TraceId));

        Assert.Equal(ActivityTraceFlags.None, Read(headers, rate: random).Parent?.TraceFlags);
        Assert.Equal(ActivityTraceFlags.Recorded, Read(headers, rate: random + 0.000001).Parent?.TraceFlags);
    }

    [Theory]
    [InlineData("1", "1", false, true)]
    [InlineData("1", "1", true, true)]
    [InlineData("1", "2", false, false)]
    [InlineData("1", "2", true, false)]
    [InlineData("1", null, false, true)]
    [InlineData("1", null, true, false)]
    [InlineData(null, "2", false, true)]
    [InlineData(null, "2", true, false)]
    [InlineData(null, null, false, true)]
    [InlineData(null, null, true, true)]
    public void Read_Organizations_DecideWhetherTheTraceIsContinued(
        string? ours, string? theirs, bool isStrict, bool isContinued)
    {
        var baggage = $"tenant=t1,sentry-trace_id={TraceId}" + (theirs is null ? "" : $",sentry-org_id={theirs}");

        var trace = Read(
            new() { ["sentry-trace"] = $"{TraceId}-{SpanId}-1", ["baggage"] = baggage },
            options: new() { OrgId = ours, StrictTraceContinuation = isStrict });

        Assert.Equal(isContinued, trace.Parent is not null);
        Assert.Equal(isContinued, trace.Baggage.Any(static member => member.Key == "sentry-trace_id"));
        Assert.Contains(new("tenant", "t1"), trace.Baggage);
    }

    [Fact]
    public void Read_OrganizationOfTheDsn_IsOurs()
    {
        var headers = new Dictionary<string, string>
        {
            ["sentry-trace"] = $"{TraceId}-{SpanId}-1",
            ["baggage"] = "sentry-org_id=2",
        };

        Assert.Null(Read(headers, options: new() { Dsn = "https://key@o1.ingest.sentry.io/1" }).Parent);
        Assert.NotNull(Read(headers, options: new() { Dsn = "https://key@o1.ingest.sentry.io/1", OrgId = "2" }).Parent);
    }

    [Theory]
    [InlineData($"sentry-trace_id={OtherTraceId},sentry-release=r,tenant=t1")]
    [InlineData("sentry-release=r,tenant=t1")]
    public void Read_ContextIsNotOfTheTrace_IsLeftOut(string baggage)
    {
        var trace = Read(new() { ["sentry-trace"] = $"{TraceId}-{SpanId}-1", ["baggage"] = baggage });

        Assert.NotNull(trace.Parent);
        Assert.Equal([new("tenant", "t1")], trace.Baggage);
    }

    [Fact]
    public void Read_MalformedHeaders_AreNeverMoreThanANewTrace()
    {
        const int headers = 20_000;
        var random = new Random(20_260_801);
        var (continued, malformed) = (0, 0);

        for (var i = 0; i < headers; i++)
        {
            var sentryTrace = Mutate($"{TraceId}-{SpanId}-1", random);
            var traceParent = Mutate($"00-{OtherTraceId}-{SpanId}-01", random);
            var baggage = Mutate($"sentry-trace_id={TraceId},sentry-sample_rand=0.5,tenant=t%201;p=1", random);

            var trace = Read(new()
            {
                ["sentry-trace"] = sentryTrace,
                ["traceparent"] = traceParent,
                ["baggage"] = baggage,
                ["tracestate"] = Mutate("vendor=1", random),
            });

            var expected = SentryTrace().Match(sentryTrace) is { Success: true } match ? match.Groups[1].Value
                : TraceParent().Match(traceParent) is { Success: true } w3c ? w3c.Groups[1].Value
                : null;
            Assert.True(
                expected == trace.Parent?.TraceId.ToHexString(),
                $"'{sentryTrace}' and '{traceParent}' gave {trace.Parent?.TraceId.ToHexString() ?? "a new trace"}.");
            Assert.True(trace.Baggage.Count <= 64);
            Assert.All(trace.Baggage, static member => Assert.Matches("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", member.Key));
            _ = expected is null ? malformed++ : continued++;
        }

        // Of each there were enough for the test to mean something.
        Assert.True(malformed > 10_000, $"{malformed} were malformed.");
        Assert.True(continued > 1_000, $"{continued} were not.");
    }

    // Up to six of: a character gone, doubled, replaced or added; cut short; turned to upper case; anything at all.
    private static string Mutate(string text, Random random)
    {
        const string likely = "0123456789abcdefABCDEFgz-_,;= \t%";
        var mutated = new StringBuilder(text);
        for (var changes = random.Next(0, 7); changes > 0 && mutated.Length > 0; changes--)
        {
            var at = random.Next(mutated.Length);
            _ = random.Next(9) switch
            {
                0 => mutated.Remove(at, 1),
                1 => mutated.Insert(at, mutated[at]),
                2 or 3 => mutated.Replace(mutated[at], likely[random.Next(likely.Length)], at, 1),
                4 => mutated.Insert(at, likely[random.Next(likely.Length)]),
                5 => mutated.Remove(at, mutated.Length - at),
                6 => mutated.Insert(at, (char)random.Next(0x20, 0x3000)),
                7 => mutated.Append(new string(likely[random.Next(likely.Length)], random.Next(10_000))),
                _ => new StringBuilder(mutated.ToString().ToUpperInvariant()),
            };
        }

        return mutated.ToString();
    }

    private static IncomingTrace Read(
        Dictionary<string, string> headers, double rate = 1, SentryExporterOptions? options = null) =>
        IncomingTrace.Read(
            headers.GetValueOrDefault,
            new(Options.Create(options ?? new()), Options.Create(new LlmTracingOptions { TracesSampleRate = rate })));

    [GeneratedRegex("^[ \\t]*((?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}(-[01])?[ \\t]*\\z")]
    private static partial Regex SentryTrace();

    // Version 00 ends with the flags; a later one may go on. https://www.w3.org/TR/trace-context/#versioning-of-traceparent
    [GeneratedRegex("^(?!ff)[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:(?<!^00.{53})-.*)?\\z")]
    private static partial Regex TraceParent();
}
