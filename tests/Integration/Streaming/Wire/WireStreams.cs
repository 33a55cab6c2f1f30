using FsCheck;
using FsCheck.Fluent;

namespace LlmTracing.Tests.Integration.Streaming.Wire;

/// <summary>Makes random streams, and of one that fails those that are a little less.</summary>
internal static class WireStreams
{
    private static readonly Gen<string> Piece = Gen.Elements(
        "\n", "\r", "\r\n", "\n\n", "\ud83d", "\ude00", "😀", "😀", "\0", "\ufeff", " ", "  ", ":", "é", "word", "\t",
        "\u2028", "\u0085", "\uffff", "data: ", "data", "event: x", "id: 9", "retry: 1", "[DONE]", ": ", "\"{}");

    private static readonly Gen<string?> EventType = Gen.Frequency(
        (4, Gen.Constant<string?>(null)),
        (4, Gen.Constant<string?>("delta")),
        (2, Gen.Elements<string?>(
            "", "message", "error", "open", "done", "data", " padded ", " ", ":", "ünï: 😀", "\ufeff", "\t")));

    private static readonly Gen<string?> EventId = Gen.Frequency(
        (5, Gen.Constant<string?>(null)),
        (3, Gen.Elements<string?>("7", "", "0", " padded ", " ", ":", "a: b", "é😀", "\ufeff", "\t")));

    public static Arbitrary<WireStream> Random { get; } = Arb.From(
        from rowCount in Gen.Choose(0, 4)
        from rows in Gen.ArrayOf(Row(), rowCount)
        from openAiDone in Gen.Elements(false, true)
        select new WireStream([.. rows.SelectMany(static row => row)], openAiDone),
        Shrink);

    // One text cut anywhere, as a model's tokens are.
    private static Gen<WireChunk[]> Row() =>
        from pieceCount in Gen.Choose(0, 10)
        from pieces in Gen.ArrayOf(Piece, pieceCount)
        let text = string.Concat(pieces)
        from cutCount in Gen.Choose(0, 5)
        from cuts in Gen.ArrayOf(Gen.Choose(0, text.Length), cutCount)
        from eventType in EventType
        from ids in Gen.ArrayOf(EventId, cutCount + 1)
        from waits in Gen.ArrayOf(Gen.Elements(false, true), cutCount + 1)
        let borders = cuts.Order().Prepend(0).Append(text.Length).ToArray()
        select Enumerable.Range(0, cutCount + 1)
            .Select(i => new WireChunk(text[borders[i]..borders[i + 1]], eventType, ids[i], waits[i]))
            .ToArray();

    private static IEnumerable<WireStream> Shrink(WireStream stream)
    {
        if (stream.OpenAiDone)
        {
            yield return stream with { OpenAiDone = false };
        }

        for (var i = 0; i < stream.Chunks.Count; i++)
        {
            WireChunk[] before = [.. stream.Chunks.Take(i)], after = [.. stream.Chunks.Skip(i + 1)];
            yield return stream with { Chunks = [.. before, .. after] };
            foreach (var less in Shrink(stream.Chunks[i]))
            {
                yield return stream with { Chunks = [.. before, less, .. after] };
            }
        }
    }

    private static IEnumerable<WireChunk> Shrink(WireChunk chunk) =>
    [
        .. chunk.EventType is null ? [] : (WireChunk[])[chunk with { EventType = null }],
        .. chunk.EventId is null ? [] : (WireChunk[])[chunk with { EventId = null }],
        .. chunk.Waits ? (WireChunk[])[chunk with { Waits = false }] : [],
        .. Enumerable.Range(0, chunk.Text.Length).Select(i => chunk with { Text = chunk.Text.Remove(i, 1) }),
    ];
}
