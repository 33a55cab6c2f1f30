using LlmTracing.Streaming.Telemetry;

namespace LlmTracing.Tests.Unit.Streaming;

public sealed class LlmStreamExceptionTests
{
    [Theory]
    [InlineData("rate_limit_error", 429)]
    [InlineData("authentication_error", 401)]
    [InlineData("permission_error", 403)]
    [InlineData("overloaded_error", 503)]
    [InlineData("timeout_error", 504)]
    [InlineData("api_error", 500)]
    [InlineData("RESOURCE_EXHAUSTED", 429)]
    [InlineData("529", 529)]
    [InlineData("invalid_request_error", null)]
    [InlineData("200", null)]
    [InlineData(null, null)]
    public void StatusCode_TypeOfAProviders_IsTheStatusItStandsFor(string? type, int? expected) =>
        Assert.Equal(expected, new LlmStreamException(type, "m").StatusCode);

    [Theory]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(100_000)]
    public void Type_OfAnyLength_IsCutOnlyWhereItIsRecorded(int length)
    {
        var exception = new LlmStreamException(new string('x', length), "m");

        Assert.Equal(length, exception.Type!.Length);
        Assert.Equal(new string('x', Math.Min(length, 128)), ActivityExtensions.ErrorTypeOf(exception));
    }
}
