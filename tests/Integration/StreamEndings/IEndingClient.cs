namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>A client over one protocol, which reads frames as long as it wants and leaves as it is told.</summary>
internal interface IEndingClient : IDisposable
{
    Task SendAsync();

    /// <summary>Reads the next frame, comments included; null at the body's end.</summary>
    Task<string?> ReadFrameAsync();

    /// <summary>Leaves as a closed tab does.</summary>
    void Close();

    /// <summary>Leaves as a dropped network does.</summary>
    void Break();
}
