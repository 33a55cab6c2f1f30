using System.Text;
using LlmTracing.SentryExporter.Envelopes;

namespace LlmTracing.Tests.Unit.SentryExporter.Envelopes;

public sealed class JsonBufferTests
{
    [Fact]
    public void Write_SeveralTexts_EachStaysAsItIs()
    {
        using var buffer = JsonBuffer.Rent();

        var texts = Enumerable.Range(0, 100)
            .Select(i => buffer.Write(json => json.WriteStringValue(new string('x', 1000 * i))))
            .ToList();

        Assert.All(
            texts.Index(), static text => Assert.Equal($"\"{new string('x', 1000 * text.Index)}\"", Of(text.Item)));
    }

    [Fact]
    public void Rent_AfterOneWasDisposedOf_IsTheSameWithNothingOfItsTexts()
    {
        JsonBuffer before;
        ReadOnlyMemory<byte> text;
        using (before = JsonBuffer.Rent())
        {
            text = before.Write(static json => json.WriteStringValue("before"));
        }

        using var buffer = JsonBuffer.Rent();

        Assert.Same(before, buffer);
        Assert.All(text.ToArray(), static one => Assert.Equal(0, one));
        Assert.Equal("1", Of(buffer.Write(static json => json.WriteNumberValue(1))));
    }

    [Fact]
    public void Rent_AfterTwoDisposals_IsGivenToOneAlone()
    {
        var before = JsonBuffer.Rent();
        before.Dispose();
        before.Dispose();
        using var first = JsonBuffer.Rent();
        using var second = JsonBuffer.Rent();

        Assert.NotSame(first, second);
    }

    [Fact]
    public void Write_AfterATextWasBrokenOff_WritesWholeTexts()
    {
        using var buffer = JsonBuffer.Rent();
        Assert.Throws<InvalidOperationException>(() => buffer.Write(static json =>
        {
            json.WriteStartObject();
            throw new InvalidOperationException();
        }));

        Assert.Equal("{}", Of(buffer.Write(static json =>
        {
            json.WriteStartObject();
            json.WriteEndObject();
        })));
    }

    [Fact]
    public void Rent_WhileOneIsInUse_IsAnother()
    {
        using var outer = JsonBuffer.Rent();
        using var inner = JsonBuffer.Rent();

        Assert.NotSame(outer, inner);
    }

    [Fact]
    public void Dispose_WasLarge_ThreadDoesNotKeepIt()
    {
        JsonBuffer large;
        using (large = JsonBuffer.Rent())
        {
            large.Write(static json => json.WriteStringValue(new string('x', 100_000)));
        }

        using var buffer = JsonBuffer.Rent();

        Assert.NotSame(large, buffer);
    }

    private static string Of(ReadOnlyMemory<byte> text) => Encoding.UTF8.GetString(text.Span);
}
