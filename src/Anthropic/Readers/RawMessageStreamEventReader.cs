using System.Runtime.InteropServices;
using Anthropic.Models.Messages;

namespace LlmTracing.Anthropic.Readers;

/// <summary>Reads the events of the Anthropic SDK's <c>Messages.CreateStreaming</c>.</summary>
internal sealed class RawMessageStreamEventReader : IChunkReader<RawMessageStreamEvent>
{
    // The SDK keeps the JSON of each event; its typed properties throw for a field that a compatible server leaves out.
    public void Read(RawMessageStreamEvent chunk, ref ChunkReading reading) =>
        reading.ReadJson(LlmDialect.Anthropic, JsonMarshal.GetRawUtf8Value(chunk.Json));
}
