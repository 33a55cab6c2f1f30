using LlmTracing.Middleware.Journal;

namespace LlmTracing.Tests.Integration.Middleware.Journal;

public sealed class JournalContentsTests
{
    private const int Cases = 10_000;

    [Fact]
    public void Read_WholeJournal_GivesEveryOpenSpanAsItWasLast()
    {
        var sample = JournalSample.Shared;

        var contents = JournalContents.Read(new MemoryStream(sample.Bytes));

        Assert.Equal(0, contents.Corrupt);
        Assert.Equal(
            ["POST /chat", "chat gpt-4o-mini", "POST", "GET /", "child"],
            contents.Records.Select(static record => record.Span.Name));
        var (chat, http) = (contents.Records[1], contents.Records[2]);
        Assert.Equal((7L, new LlmUsage(100, 5), "gpt-4o-mini-2024-07-18"), (
            chat.Progress!.Value.Chunks, chat.Progress.Value.Usage, chat.Progress.Value.Model));
        Assert.Equal(
            [("gen_ai.request.model", "gpt-4o-mini"), ("server.port", 443), ("a", 0.5), ("b", true)],
            chat.Span.Attributes.Select(static attribute => (attribute.Key, attribute.Value)));
        Assert.Equal((true, false), (chat.Span.IsUnfinished, http.Span.IsUnfinished));
        Assert.Equal("refused", http.Span.Error!.Message);
        Assert.Contains("System.InvalidOperationException: refused", http.Span.Error.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CutAtEveryByte_GivesWhatIsWholeAndNothingElse()
    {
        var sample = JournalSample.Shared;
        var whole = WordsBySlot(sample.Bytes);

        for (var length = 0; length <= sample.Bytes.Length; length++)
        {
            var cut = sample.Bytes.AsSpan(0, length).ToArray();
            AssertRecovered(sample, whole, cut, slot => (slot + 1) * JournalLayout.SlotSize <= length);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Read_RandomDamage_GivesWhatIsWholeAndNothingElse(int seed)
    {
        var random = new Random(seed);
        var sample = JournalSample.Shared;
        var whole = WordsBySlot(sample.Bytes);

        for (var i = 0; i < Cases; i++)
        {
            var (damaged, slots) = ((byte[])sample.Bytes.Clone(), new HashSet<int>());
            for (var damage = random.Next(1, 9); damage > 0; damage--)
            {
                // Most of a slot is empty: half of the damage is done where something is written.
                var at = random.Next(damaged.Length);
                at = random.Next(2) == 0 ? at : (at / JournalLayout.SlotSize * JournalLayout.SlotSize) + random.Next(1000);
                damaged[at] ^= (byte)(1 << random.Next(8));
                slots.Add(at / JournalLayout.SlotSize);
            }

            AssertRecovered(sample, whole, damaged, slot => !slots.Contains(slot));
        }
    }

    [Fact]
    public void Read_ForeignBytes_GivesNothing()
    {
        var foreign = new byte[3 * JournalLayout.SlotSize];
        new Random(3).NextBytes(foreign);

        var contents = JournalContents.Read(new MemoryStream(foreign));

        Assert.Empty(contents.Records);
        Assert.Equal(3, contents.Corrupt);
    }

    private static void AssertRecovered(
        JournalSample sample, Dictionary<int, string[]> whole, byte[] journal, Predicate<int> isWhole)
    {
        var found = WordsBySlot(journal);

        Assert.All(found.Values.SelectMany(static words => words), words => Assert.Contains(words, sample.Written));
        foreach (var (slot, words) in whole.Where(slot => isWhole(slot.Key)))
        {
            Assert.Equal(words, found.GetValueOrDefault(slot));
        }

        // And what is made of it can be handed on.
        Assert.All(
            RecoveredTransactions.Of(JournalContents.Read(new MemoryStream(journal))),
            static transaction => Assert.False(transaction.Root.IsUnfinished));
    }

    private static Dictionary<int, string[]> WordsBySlot(byte[] journal) =>
        JournalContents.Read(new MemoryStream(journal)).Records
            .ToDictionary(static record => record.Slot, static record => JournalSample.Words(record).ToArray());
}
