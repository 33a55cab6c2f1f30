namespace LlmTracing.Tests.Integration.Streaming.Wire;

/// <summary>A parser of event streams that others have made, with what it needs to get one.</summary>
internal interface IEventReader : IAsyncDisposable
{
    /// <param name="url">Where the stream is.</param>
    /// <param name="types">The event types that it may have: a browser gives only those that it is asked for.</param>
    Task<IReadOnlyList<ReadEvent>> ReadAsync(Uri url, IEnumerable<string> types);
}
