using TextReader = LlmTracing.Streaming.Readers.TextReader;

namespace LlmTracing.Tests.Unit.Streaming.Readers;

public sealed class TextReaderTests
{
    [Fact]
    public void Read_Texts_SumsTheirLengthInCodeUnits()
    {
        var (reader, reading) = (new TextReader(), default(ChunkReading));

        foreach (var chunk in (string[])["Hel", "lo ", "", "😀"])
        {
            reader.Read(chunk, ref reading);
        }

        Assert.Equal(new ChunkReading { TextLength = 8 }, reading);
    }

    [Fact]
    public void Read_Null_TellsNothing()
    {
        var reading = default(ChunkReading);

        new TextReader().Read(null!, ref reading);

        Assert.Equal(default, reading);
    }
}
