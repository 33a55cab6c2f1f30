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
    public void Parse_MoreThan8192Bytes_WhatDoesNotFitIsLeftOutWhole()
    {
        var big = new string('x', 8000);

        var members = BaggageHeader.Parse($"first={big},second={big},third=3,sentry-release=r");

        Assert.Equal(["sentry-release", "first", "third"], members.Select(static member => member.Key));
    }

    [Theory]
    [InlineData(8175, 2)]
    [InlineData(8176, 1)]
    public void Parse_AtTheLimit_Exactly8192BytesFit(int length, int count) =>
        Assert.Equal(count, BaggageHeader.Parse($"key={new string('x', length)},second=12345").Count);

    [Fact]
    public void Write_SentrysAlone_IsTheSameText()
    {
        const string sentrys = "sentry-trace_id=ab";

        Assert.Same(sentrys, BaggageHeader.Write(sentrys, null, null));
        Assert.Null(BaggageHeader.Write(null, null, null));
    }

    [Fact]
    public void Write_AppsOwn_IsAppendedEncodedAndOnceForEachKey() =>
        Assert.Equal(
            "sentry-trace_id=ab,tenant=t1;p=1,user=%C3%BC%20%0D%0A%2C",
            BaggageHeader.Write(
                "sentry-trace_id=ab",
                "sentry-release=old, tenant=t1;p=1, bad\u007f=1, no",
                [new("tenant", "t2"), new("user", "ü \r\n,"), new("bad key", "1"), new("user", "second")]));

    [Fact]
    public void Write_MoreThanTheLimits_IsCut()
    {
        var many = Enumerable.Range(0, 100).Select(static i => KeyValuePair.Create($"k{i}", (string?)"v")).ToList();
        var big = new List<KeyValuePair<string, string?>> { new("big", new string('x', 8190)), new("small", "1") };

        Assert.Equal(64, BaggageHeader.Write("sentry-a=1,sentry-b=2", null, many)!.Split(',').Length);
        Assert.Equal("sentry-a=1,small=1", BaggageHeader.Write("sentry-a=1", null, big));
        Assert.Equal("small=1", BaggageHeader.Write(null, null, big));
    }
}
