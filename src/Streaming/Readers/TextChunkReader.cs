using LlmTracing.Streaming.Readers.Json;

namespace LlmTracing.Streaming.Readers;

/// <summary>
/// Reads text: a provider's JSON where the call says so or the first chunk shows it, else the answer itself, which tells
/// nothing but its length.
/// </summary>
internal sealed class TextChunkReader : IChunkReader<string>
{
    public void Read(string chunk, ref ChunkReading reading)
    {
        if (string.IsNullOrEmpty(chunk))
        {
            return;
        }

        if (reading.Format is not ChunkFormat.PlainText)
        {
            ProviderJson.Read(chunk, ref reading);
        }

        if (reading.Format is not ChunkFormat.ProviderJson)
        {
            reading.AppendText(chunk);
        }
    }
}
