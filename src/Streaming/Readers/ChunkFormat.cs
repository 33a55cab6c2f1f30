namespace LlmTracing.Streaming.Readers;

/// <summary>What the chunks of a stream of text were found to be, by the first of them.</summary>
internal enum ChunkFormat : byte
{
    Unknown,
    PlainText,
    ProviderJson,
}
