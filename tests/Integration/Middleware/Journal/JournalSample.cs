using System.Diagnostics;
using LlmTracing.Middleware.Journal;
using LlmTracing.Tests.Integration.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmTracing.Tests.Integration.Middleware.Journal;

/// <summary>A journal with transactions in every state, and everything that was ever written to it.</summary>
internal sealed class JournalSample
{
    private static readonly Lazy<JournalSample> SharedSample = new(Make);

    private readonly TempFolder _folder;
    private readonly SpanJournal _journal;
    private readonly HashSet<string> _written = [];

    private JournalSample(TempFolder folder) =>
        (_folder, _journal) = (folder, SpanJournal.Open(folder.Path, NullLogger.Instance)!);

    /// <summary>Gets the slots of the file that were ever used.</summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>Gets each record and each progress that was ever whole in the file.</summary>
    public IReadOnlySet<string> Written => _written;

    public static JournalSample Shared => SharedSample.Value;

    private static JournalSample Make()
    {
        using var folder = new TempFolder();
        var sample = new JournalSample(folder);
        sample.Write();
        sample._journal.Dispose();
        return sample;
    }

    /// <summary>Gives what was written of a span, in words; where an open one ends is in its progress.</summary>
    public static IEnumerable<string> Words(SpanRecord record)
    {
        var span = record.Span;
        yield return $"{record.Slot} {record.Root} {record.TraceId} {record.IsRequest} {span.SpanId} {span.ParentSpanId} "
            + $"{span.Source} {span.Name} {span.Kind} {span.Start:O} {(span.IsUnfinished ? "" : span.End.ToString("O", null))} "
            + $"{span.Status} {span.Error} {string.Join(',', span.Attributes.Select(Words))} "
            + $"{string.Join(',', span.Links)} {string.Join(',', record.TraceBaggage)}";
        if (record.Progress is { } progress)
        {
            yield return $"{record.Slot} {progress}";
        }
    }

    private static string Words(KeyValuePair<string, object?> attribute) =>
        $"{attribute.Key}={(attribute.Value is string[] texts ? string.Join('|', texts) : attribute.Value)}";

    private void Write()
    {
        // Freed, and used again by the next.
        var gone = Begin("GET /gone");
        gone.Slot!.Clear(gone.Generation);
        _journal.Return(gone.Slot);

        var root = Begin("POST /chat");
        var chat = Begin("chat gpt-4o-mini", root);
        chat.Span.SetTag("gen_ai.request.model", "gpt-4o-mini").SetTag("server.port", 443).SetTag("a", 0.5).SetTag("b", true);
        Change(chat);
        var reading = new ChunkReading { Model = "gpt-4o-mini-2024-07-18" };
        for (var chunk = 1; chunk <= 7; chunk++)
        {
            // The last two tell nothing but that they came.
            reading.Update(new LlmUsage(100, Math.Min(chunk, 5)));
            chat.OnProgress(chunk, reading);
            Keep();
        }

        var http = Begin("POST", chat);
        http.Span.SetTag("list", new[] { "one", "two" }).SetStatus(ActivityStatusCode.Error, "refused");
        http.Span.AddLink(new ActivityLink(chat.Span.Context));
        http.Span.AddException(new InvalidOperationException("refused"));
        http.Span.Stop();
        Change(http);

        // As a process that died while it freed a transaction leaves it.
        var (freed, child) = Pair();
        freed.Slot!.Clear(freed.Generation);
        Keep();
        Assert.NotNull(child.Slot);
        _ = Pair();
    }

    private (SpanEntry Root, SpanEntry Child) Pair()
    {
        var root = Begin("GET /");
        return (root, Begin("child", root));
    }

    private SpanEntry Begin(string name, SpanEntry? parent = null)
    {
        var span = new Activity(name);
        if (parent is not null)
        {
            span.SetParentId(parent.Span.TraceId, parent.Span.SpanId);
        }

        Activity.Current = null;
        span.Start();
        var slot = _journal.Rent(out var generation);
        var entry = new SpanEntry(span, TimeProvider.System)
        {
            Slot = slot,
            Generation = generation,
            IsRequest = parent is null,
            ParentSpanId = parent?.Span.SpanId,
            Root = parent?.Root ?? new SpanPlace(slot!.Index, span.SpanId),
        };
        Change(entry);
        return entry;
    }

    private void Change(SpanEntry entry)
    {
        entry.OnChanged();
        Keep();
    }

    private void Keep()
    {
        using var folder = new TempFolder();
        var copy = Path.Combine(folder.Path, "copy");
        LiveJournal.Copy(Assert.Single(_folder.Files), copy);
        Bytes = new byte[10 * JournalLayout.SlotSize];
        using (var file = File.OpenRead(copy))
        {
            file.ReadExactly(Bytes);
        }

        foreach (var record in JournalContents.Read(new MemoryStream(Bytes)).Records)
        {
            _written.UnionWith(Words(record));
        }
    }
}
