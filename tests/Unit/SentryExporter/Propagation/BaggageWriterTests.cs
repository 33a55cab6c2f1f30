using System.Diagnostics;
using LlmTracing.SentryExporter.Propagation;

namespace LlmTracing.Tests.Unit.SentryExporter.Propagation;

public sealed class BaggageWriterTests
{
    [Fact]
    public void Write_SentrysAlone_IsTheSameText()
    {
        var sentrys = Sentrys(("sentry-trace_id", "ab"));

        Assert.Same(sentrys.Header, BaggageWriter.Write(sentrys, null, null));
        Assert.Null(BaggageWriter.Write(Sentrys(), null, null));
    }

    [Fact]
    public void Write_AppsOwn_IsAppendedEncodedAndOnceForEachKey() =>
        Assert.Equal(
            "sentry-trace_id=ab,tenant=t1;p=1,user=%C3%BC%20%0D%0A%2C",
            BaggageWriter.Write(
                Sentrys(("sentry-trace_id", "ab")),
                "sentry-release=old, tenant=t1;p=1, bad\u007f=1, no, tenant=again",
                [new("tenant", "t2"), new("user", "ü \r\n,"), new("bad key", "1"), new("user", "second")]));

    [Fact]
    public void Write_MoreThanTheLimits_IsCut()
    {
        var many = Enumerable.Range(0, 100).Select(static i => KeyValuePair.Create($"k{i}", (string?)"v")).ToList();
        var big = new List<KeyValuePair<string, string?>> { new("big", new string('x', 8190)), new("small", "1") };

        Assert.Equal(
            64, BaggageWriter.Write(Sentrys(("sentry-a", "1"), ("sentry-b", "2")), null, many)!.Split(',').Length);
        Assert.Equal("sentry-a=1,small=1", BaggageWriter.Write(Sentrys(("sentry-a", "1")), null, big));
        Assert.Equal("small=1", BaggageWriter.Write(Sentrys(), null, big));
    }

    [Theory]
    [InlineData("!", 2729, true)]
    [InlineData("!", 2730, false)]
    [InlineData("漢", 909, true)]
    [InlineData("漢", 910, false)]
    public void TryAdd_ValueThatIsLongerEscaped_CountsAsItIsSent(string text, int times, bool fits)
    {
        var writer = new BaggageWriter();

        Assert.Equal(fits, writer.TryAdd("key1", string.Concat(Enumerable.Repeat(text, times))));
        Assert.Equal(fits, writer.Header is not null);
    }

    private static FrozenBaggage Sentrys(params (string Key, string Value)[] members)
    {
        using var root = new Activity("root");
        return FrozenBaggage.Freeze(
            root, members.Select(static member => KeyValuePair.Create(member.Key, (string?)member.Value)));
    }
}
