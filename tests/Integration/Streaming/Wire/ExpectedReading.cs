using System.Text;

namespace LlmTracing.Tests.Integration.Streaming.Wire;

/// <summary>What a client must read of a stream, by the promise to apps alone: nothing here knows how it is written.</summary>
internal static class ExpectedReading
{
    /// <summary>Says what is wrong with a reading.</summary>
    public static IEnumerable<string> DifferencesFrom(WireStream stream, IReadOnlyList<ReadEvent> events)
    {
        if (events.Count == 0)
        {
            return ["Nothing was read."];
        }

        var (items, last) = (events.SkipLast(1).ToArray(), events[^1]);
        var end = stream.OpenAiDone ? ("message", "[DONE]") : ("done", "{\"outcome\":\"completed\",");
        return
        [
            .. Difference("types and ids", Heads(stream.Chunks), items.Select(static item => (item.Type, item.Id))),
            .. Difference("texts", Texts(stream.Chunks), Joined(items)),
            .. Difference("the end", [end], [(last.Type, last.Data[..Math.Min(last.Data.Length, end.Item2.Length)])]),
        ];
    }

    // An event for each chunk, and one more where a row of one type ends in half a pair, which is told only after it.
    private static IEnumerable<(string Type, string Id)> Heads(IReadOnlyList<WireChunk> chunks)
    {
        var id = "";
        foreach (var row in Rows(chunks, static chunk => chunk.ReadType))
        {
            foreach (var chunk in row)
            {
                id = chunk.EventId ?? id;
                yield return (chunk.ReadType, id);
            }

            if (TextOf(row) is [.., var last] && char.IsHighSurrogate(last))
            {
                yield return (row[0].ReadType, id);
            }
        }
    }

    private static IEnumerable<string> Texts(IReadOnlyList<WireChunk> chunks) =>
        Rows(chunks, static chunk => chunk.ReadType).Select(TextOf).Select(AsReceived);

    private static IEnumerable<string> Joined(IReadOnlyList<ReadEvent> events) =>
        Rows(events, static item => item.Type).Select(static row => string.Concat(row.Select(static item => item.Data)));

    private static string TextOf(IReadOnlyList<WireChunk> row) => string.Concat(row.Select(static chunk => chunk.Text));

    // Each kind of line break arrives as \n, and half a pair of surrogates as the replacement character.
    private static string AsReceived(string text) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace("\r\n", "\n").Replace('\r', '\n');

    private static IEnumerable<IReadOnlyList<T>> Rows<T>(IReadOnlyList<T> all, Func<T, string> typeOf)
    {
        for (var start = 0; start < all.Count;)
        {
            List<T> row = [.. all.Skip(start).TakeWhile(one => typeOf(one) == typeOf(all[start]))];
            start += row.Count;
            yield return row;
        }
    }

    private static IEnumerable<string> Difference<T>(string what, IEnumerable<T> expected, IEnumerable<T> actual)
    {
        var (wanted, got) = (Shown(expected), Shown(actual));
        return wanted == got ? [] : [$"{what} should be\n  {Cut(wanted)}\nand were\n  {Cut(got)}"];
    }

    private static string Shown<T>(IEnumerable<T> all) => string.Join(" | ", all);

    private static string Cut(string text) => new WireChunk(text).ToString();
}
