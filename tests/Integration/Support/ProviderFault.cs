namespace LlmTracing.Tests.Integration.Support;

/// <summary>How a scripted stream breaks.</summary>
/// <param name="Kind">The way it breaks.</param>
/// <param name="AfterChunks">0 breaks before the first chunk, yet after the headers and opening events.</param>
/// <param name="Message">What an error event says.</param>
internal sealed record ProviderFault(ProviderFaultKind Kind, int AfterChunks, string Message = "")
{
    public static ProviderFault Cut(int afterChunks) => new(ProviderFaultKind.Cut, afterChunks);

    public static ProviderFault Reset(int afterChunks) => new(ProviderFaultKind.Reset, afterChunks);

    public static ProviderFault ErrorEvent(int afterChunks, string message = "The scripted model failed.") =>
        new(ProviderFaultKind.ErrorEvent, afterChunks, message);
}
