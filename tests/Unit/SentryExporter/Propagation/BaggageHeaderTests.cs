using LlmTracing.SentryExporter.Propagation;

namespace LlmTracing.Tests.Unit.SentryExporter.Propagation;

public sealed class BaggageHeaderTests
{
    [Fact]
    public void Parse_Members_AreDecodedAndSentrysComeFirst()
    {
        var members = BaggageHeader.Parse(
            " tenant = t%201 , sentry-release=shop%401;ttl=3,empty=,sentry-trace_id=ab,=none,no,bad key=1,ü=1,a=b=c,,");

        Assert.Equal(
            [
                new("sentry-release", "shop@1"), new("sentry-trace_id", "ab"), new("tenant", "t 1"), new("empty", ""),
                new("a", "b=c"),
            ],
            members);
    }

    [Fact]
    public void Parse_MoreThan64Members_TheRestIsCutAndSentrysStay()
    {
        var header = string.Join(',', Enumerable.Range(0, 100).Select(static i => $"k{i}=v")) + ",sentry-release=r";

        var members = BaggageHeader.Parse(header);

        Assert.Equal(64, members.Count);
        Assert.Equal(new("sentry-release", "r"), members[0]);
        Assert.Equal(Enumerable.Range(0, 63).Select(static i => $"k{i}"), members.Skip(1).Select(static one => one.Key));
    }

    [Fact]
    public void Parse_MoreThan64OfSentrys_TheRestIsCut()
    {
        var header = string.Join(',', Enumerable.Range(0, 100).Select(static i => $"k{i}=v,sentry-k{i}=v"));

        Assert.Equal(
            Enumerable.Range(0, 64).Select(static i => $"sentry-k{i}"),
            BaggageHeader.Parse(header).Select(static one => one.Key));
    }

    [Fact]
    public void Parse_KeyThereTwice_TheFirstCounts() =>
        Assert.Equal(
            [new("sentry-trace_id", "ab"), new("tenant", "t1")],
            BaggageHeader.Parse("sentry-trace_id=ab,tenant=t1,sentry-trace_id=zzz,tenant=t2,sentry-=e"));

    [Fact]
    public void Parse_MoreThan8192Bytes_ReadsTheMembersThatEndWithinThem()
    {
        var big = new string('x', 8000);

        var members = BaggageHeader.Parse($"first={big},second={big},third=3,sentry-release=r");

        Assert.Equal(["first"], members.Select(static member => member.Key));
        Assert.Empty(BaggageHeader.Parse($"all={new string('x', 8192)}"));
        Assert.Empty(BaggageHeader.Parse($"{new string(',', 8193)}late=1"));
    }

    [Theory]
    [InlineData(8175, 2)]
    [InlineData(8176, 1)]
    public void Parse_AtTheLimit_Exactly8192BytesFit(int length, int count) =>
        Assert.Equal(count, BaggageHeader.Parse($"key={new string('x', length)},second=12345").Count);
}
