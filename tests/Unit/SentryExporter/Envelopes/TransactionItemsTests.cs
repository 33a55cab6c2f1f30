using System.Diagnostics;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.SentryExporter.Envelopes;

public sealed class TransactionItemsTests
{
    private const int Most = 1024 * 1024;
    private const int Spans = 1000;
    private static readonly FinishedSpan Root = Finished.Span() with { SpanId = Id(1), Name = "root" };

    [Fact]
    public void Write_SpansHaveTheOlderNameToo_FitsAllTheSame()
    {
        var text = new string('a', 400_000);
        var spans = Enumerable.Range(2, 6).Select(i => Span(
            i, 1, ("gen_ai.operation.name", "chat"), ("gen_ai.input.messages", text), ("gen_ai.request.messages", text)));

        var item = Assert.Single(Write(Finished.Transaction(Root, [.. spans])));

        Assert.InRange(item.Payload.Length, 1, Most);
        Assert.Equal(6, Payload(item).GetProperty("spans").GetArrayLength());
        Assert.Equal(5, Dropped(item, "content"));
    }

    [Fact]
    public void Write_NamesAreThereTwice_WhatCountsIsWhatIsWritten()
    {
        var (first, text) = (new string('b', 1_000_000), new string('a', 400_000));
        var spans = Enumerable.Range(2, 6).Select(i => Span(
            i, 1, ("gen_ai.output.messages", first), ("gen_ai.input.messages", text), ("gen_ai.output.messages", "b")));

        var item = Assert.Single(Write(Finished.Transaction(Root, [.. spans])));

        Assert.InRange(item.Payload.Length, 1, Most);
        Assert.Equal(5, Dropped(item, "content"));
    }

    [Fact]
    public void Write_OnlyTheSpanItemIsTooMuch_WhatIsSaidOfItFitsToo()
    {
        var options = new SentryExporterOptions { GenAiSpanItems = true };
        var bare = Write(Finished.Transaction(Root, Other(0)))[0].Payload.Length;
        var calls = Enumerable.Range(3, 4).Select(static i => Span(
            i, 1, ("gen_ai.operation.name", "chat"), ("gen_ai.input.messages", new string('a', 300_000))));

        var items = Write(Finished.Transaction(Root, [Other(Most - bare), .. calls]), options);

        Assert.Equal(2, items.Count);
        Assert.All(items, static item => Assert.InRange(item.Payload.Length, 1, Most));

        static FinishedSpan Other(int length) => Span(2, 1, ("gen_ai.prompt", new string('a', length)));
    }

    [Fact]
    public void Write_RootIsACallItself_IsTrimmedInTheTransaction()
    {
        var notes = Enumerable.Range(0, 200).Select(static i => ($"note.{i}", (object?)new string('a', 8192)));
        var root = Finished.Span([("gen_ai.operation.name", "chat"), .. notes]) with { SpanId = Id(1) };

        var item = Assert.Single(Write(Finished.Transaction(root), new() { GenAiSpanItems = true }));

        Assert.InRange(item.Payload.Length, 1, Most);
    }

    [Fact]
    public void Write_SpansInACircleAreLeftOut_WhatWasBeneathThemIsBeneathTheRoot()
    {
        var note = new string('a', 8192);
        var circle = Enumerable.Range(2, 50).Select(i => Span(i, i == 2 ? 51 : i - 1, ("note", note)));
        var others = Enumerable.Range(52, 150).Select(i => Span(i, 30, ("note", note)));

        var item = Assert.Single(Write(Finished.Transaction(Root, [.. circle, .. others])));

        Assert.True(Dropped(item, "spans") > 50);
        Assert.All(Payloads(item), static span => Assert.Equal($"{Id(1)}", span.GetProperty("parent_span_id").GetString()));
    }

    [Fact]
    public void Write_AnySpans_FitAndAreATree()
    {
        var property = Prop.ForAll(Transactions().ToArbitrary(), static made =>
        {
            var (transaction, options) = made;
            var items = Write(transaction, options);
            var ids = items.SelectMany(Payloads).Select(static span => span.GetProperty("span_id").GetString()).ToList();
            Assert.All(items, static item => Assert.InRange(item.Payload.Length, 1, Most));
            Assert.InRange(ids.Count, 0, Spans);
            Assert.Equal(transaction.Spans.Count, ids.Count + (Dropped(items[0], "spans") ?? 0));

            // Each is beneath one that is there, or has the parent that it always had, which is elsewhere.
            HashSet<string?> known = [.. ids, $"{transaction.Root.SpanId}", $"{Id(9999)}"];
            Assert.All(items.SelectMany(Payloads), span => Assert.Contains(span.GetProperty("parent_span_id").GetString(), known));
        });

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), property);
    }

    private static Gen<(FinishedTransaction Transaction, SentryExporterOptions Options)> Transactions() =>
        from count in Gen.OneOf(Gen.Choose(0, 12), Gen.Choose(0, 300), Gen.Choose(990, 1100))
        from spans in Gen.CollectToList(Enumerable.Range(2, count), index => SpanOf(index, most: 4_000_000 / (count + 1)))
        from root in AttributesOf(200_000)
        from isSplit in Gen.Elements(true, false)
        select (
            Finished.Transaction(Root with { Attributes = root }, [.. spans]),
            new SentryExporterOptions { GenAiSpanItems = isSplit });

    private static Gen<FinishedSpan> SpanOf(int index, int most) =>
        from attributes in AttributesOf(most)
        from parent in Gen.Frequency((8, Gen.Choose(1, index - 1)), (1, Gen.Constant(9999)))
        from start in Gen.Choose(0, 100)
        select Span(index, parent) with { Attributes = attributes, Start = Finished.Start.AddMilliseconds(start) };

    // Names twice, older and newer ones, what is said and what is not, and what JSON writes longer than it is.
    private static Gen<KeyValuePair<string, object?>[]> AttributesOf(int most) =>
        (from name in Gen.Elements(
            "gen_ai.operation.name", "gen_ai.input.messages", "gen_ai.request.messages", "gen_ai.output.messages",
            "gen_ai.response.text", "gen_ai.tool.call.result", "gen_ai.tool.output", "gen_ai.system", "gen_ai.provider.name",
            "note", new string('n', 300), $"{new string('n', 300)}2")
         from length in Gen.OneOf(Gen.Choose(0, 20), Gen.Choose(0, most))
         from letter in Gen.Elements('a', '"', '\u0001', 'ä', '\ud800')
         select KeyValuePair.Create(name, (object?)new string(letter, length))).ArrayOf()
        .Resize(6);

    private static IReadOnlyList<EnvelopeItem> Write(FinishedTransaction transaction, SentryExporterOptions? options = null)
    {
        options ??= new();

        // Not disposed of: the items are in it.
        var buffer = JsonBuffer.Rent();
        return new TransactionItems(options, new EventFieldsWriter(options)).Write(buffer, new string('0', 32), transaction).Items;
    }

    private static IEnumerable<JsonElement> Payloads(EnvelopeItem item) =>
        Payload(item).GetProperty(item.Spans is null ? "spans" : "items").EnumerateArray();

    private static JsonElement Payload(EnvelopeItem item) => JsonElement.Parse(item.Payload.Span);

    private static int? Dropped(EnvelopeItem item, string what) =>
        Payload(item).GetProperty("contexts").GetProperty("trace").GetProperty("data")
            .TryGetProperty($"llm_tracing.{what}.dropped", out var dropped) ? dropped.GetInt32() : null;

    private static FinishedSpan Span(int id, int parent, params IEnumerable<(string Key, object? Value)> attributes) =>
        Finished.Span(attributes) with
        {
            SpanId = Id(id),
            ParentSpanId = Id(parent),
            Start = Finished.Start.AddMilliseconds(id),
            End = Finished.Start.AddSeconds(10),
        };

    private static ActivitySpanId Id(int id) => ActivitySpanId.CreateFromString($"{id:x16}");
}
