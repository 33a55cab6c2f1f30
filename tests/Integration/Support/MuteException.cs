namespace LlmTracing.Tests.Integration.Support;

/// <summary>An exception of an app's own that fails to say what it is.</summary>
internal sealed class MuteException(bool hasMessage) : Exception
{
    public override string Message => hasMessage ? "It broke." : throw new NotSupportedException("It has no message.");

    public override string ToString() => throw new NotSupportedException("It cannot be printed.");
}
