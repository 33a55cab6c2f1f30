namespace LlmTracing.Tests.Integration.Support;

internal enum ProviderFaultKind
{
    /// <summary>The provider closes by FIN inside the body: the chunks arrive, then the end comes early.</summary>
    Cut,

    /// <summary>The provider closes by RST; a gate before it makes sure that the client has read the chunks.</summary>
    Reset,

    /// <summary>The provider says what went wrong in an event, and ends the stream properly.</summary>
    ErrorEvent,
}
