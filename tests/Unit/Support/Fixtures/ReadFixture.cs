using System.Net.ServerSentEvents;
using System.Text;
using LlmTracing.Streaming.Content;
using LlmTracing.Streaming.Readers.Json;
using LlmTracing.Tests.Fixtures;

namespace LlmTracing.Tests.Unit.Support.Fixtures;

/// <summary>Reads the bytes of a fixture as they come in two pieces, chunk by chunk.</summary>
internal static class ReadFixture
{
    private static readonly LlmTracingOptions Everything = new() { CaptureContent = true, MaxContentLength = 256 * 1024 };

    public static (ChunkReading Reading, string Text, int Chunks) Read(
        LlmDialect framing, byte[] bytes, int split, LlmDialect? named = null, bool wantsText = true)
    {
        var content = wantsText ? new AnswerContent(new ContentRules(Everything)) : null;
        var reading = new ChunkReading { Dialect = named, Content = content };
        var chunks = 0;
        using var pieces = new TwoPieceStream(bytes, split);
        if (framing == LlmDialect.Ollama)
        {
            ReadLines(pieces, Read);
        }
        else
        {
            ReadEvents(pieces, Read);
        }

        return (reading, content?.TextOf(0) ?? "", chunks);

        bool Read(ReadOnlySpan<byte> chunk)
        {
            chunks += chunk.IsEmpty || chunk.SequenceEqual("[DONE]"u8) ? 0 : 1;
            ProviderJson.Read(chunk, ref reading);
            return true;
        }
    }

    /// <summary>Gives the chunks of a fixture, one after the other.</summary>
    public static IReadOnlyList<string> ChunksOf(StreamFixture fixture)
    {
        List<string> chunks = [];
        using var pieces = new TwoPieceStream(fixture.Bytes, 0);
        if (fixture.Dialect == LlmDialect.Ollama)
        {
            ReadLines(pieces, Add);
        }
        else
        {
            ReadEvents(pieces, Add);
        }

        return chunks;

        bool Add(ReadOnlySpan<byte> chunk)
        {
            chunks.Add(Encoding.UTF8.GetString(chunk));
            return true;
        }
    }

    private static void ReadEvents(Stream stream, ChunkTaken read)
    {
        foreach (var _ in SseParser.Create(stream, (_, data) => read(data)).Enumerate())
        {
        }
    }

    private static void ReadLines(Stream stream, ChunkTaken read)
    {
        var (buffer, pending) = (new byte[1024], new MemoryStream());
        while (stream.Read(buffer) is var count and > 0)
        {
            pending.Write(buffer.AsSpan(0, count));
            var whole = pending.GetBuffer().AsSpan(0, (int)pending.Length);
            while (whole.IndexOf((byte)'\n') is var end and >= 0)
            {
                var line = whole[..end].TrimEnd((byte)'\r');
                if (!line.IsEmpty)
                {
                    read(line);
                }

                whole = whole[(end + 1)..];
            }

            var rest = whole.ToArray();
            pending.SetLength(0);
            pending.Write(rest);
        }
    }

    private delegate bool ChunkTaken(ReadOnlySpan<byte> chunk);
}
