using System.Collections;
using System.Diagnostics.CodeAnalysis;
using LlmTracing.Middleware.Journal;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Middleware.Journal;

public sealed class TransactionEntriesTests
{
    [Fact]
    public async Task Add_AppComputesTheAttributesOfItsCall_SpanIsInTheJournalBefore()
    {
        using var journals = new TempFolder();
        IReadOnlyList<SpanRecord> before = [];
        var call = new LlmCall("gpt-4o-mini") { Attributes = new ComputedAttributes(() => before = RecordsIn(journals)) };
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options => options.JournalDirectory = journals.Path,
            Inside = app => app.MapGet("/", () => Results.TracedSse(new[] { "a", "b" }.ToAsyncEnumerable(), call)),
        });

        await app.GetAsync("/");

        Assert.Equal(["GET /", "chat gpt-4o-mini"], before.Select(static record => record.Span.Name));
        Assert.Null(before[1].Progress);
    }

    private static IReadOnlyList<SpanRecord> RecordsIn(TempFolder journals)
    {
        using var copy = new TempFolder();
        LiveJournal.Copy(Assert.Single(journals.Files), Path.Combine(copy.Path, "copy"));
        using var file = File.OpenRead(Assert.Single(copy.Files));
        return JournalContents.Read(file).Records;
    }

    /// <summary>Attributes that are computed when they are asked for.</summary>
    private sealed class ComputedAttributes(Action compute) : IReadOnlyDictionary<string, object?>
    {
        public int Count => 0;

        public IEnumerable<string> Keys => [];

        public IEnumerable<object?> Values => [];

        public object? this[string key] => null;

        public bool ContainsKey(string key) => false;

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
        {
            value = null;
            return false;
        }

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            compute();
            yield break;
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
