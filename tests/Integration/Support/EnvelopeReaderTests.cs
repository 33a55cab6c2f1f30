namespace LlmTracing.Tests.Integration.Support;

public sealed class EnvelopeReaderTests
{
    private readonly SampleEnvelope _envelope = new();

    [Theory]
    [InlineData(1, "item 0 length says")]
    [InlineData(-1, "item 0 length says")]
    public void Read_WrongLength_IsNamed(int error, string expected)
    {
        _envelope.LengthError = error;

        Assert.StartsWith(expected, Assert.Single(_envelope.Deviations()));
    }

    [Theory]
    [InlineData("x", "1 bytes are left over where the header of item 1 and a newline belong.")]
    [InlineData("{\"type\":\"attachment\",\"length\":2}\n{}\n", "An item of type \"attachment\" is not expected.")]
    [InlineData("{\"type\":\"transaction\",\"length\":2}\n{}\n", "An envelope must have 1 transaction or event, this has 2.")]
    public void Read_BytesAfterTheItem_AreNamed(string trailer, string expected)
    {
        _envelope.Trailer = trailer;

        Assert.Equal([expected], _envelope.Deviations());
    }

    [Fact]
    public void Read_EmptyLineAtTheEnd_IsNamed()
    {
        _envelope.Trailer = "\n";

        Assert.StartsWith("the header of item 1 is not valid JSON", Assert.Single(_envelope.Deviations()));
    }
}
