using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using LlmTracing.Middleware.Journal;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmTracing.Benchmarks.Micro.Journal;

/// <summary>What does it cost to keep a span where it outlives its process: to begin, to tell how far it is, to end?</summary>
public class JournalBenchmarks
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmtracing-micro-");
    private readonly Activity _root = new Activity("POST /chat").Start();
    private readonly Activity _span = new Activity("chat gpt-4o-mini").Start();
    private SpanJournal? _journal;
    private TransactionEntries? _open;
    private ISpanProgress? _progress;
    private ISpanProgress? _tokensProgress;
    private ChunkReading _reading = new() { Model = "gpt-4o-mini-2024-07-18" };
    private long _tokens;

    [GlobalSetup]
    public void SetUp()
    {
        _span.SetTag(GenAiAttributes.OperationName, "chat").SetTag(GenAiAttributes.ProviderName, "openai")
            .SetTag(GenAiAttributes.RequestModel, "gpt-4o-mini").SetTag(GenAiAttributes.RequestStream, true);
        _journal = SpanJournal.Open(_folder.FullName, NullLogger.Instance)
            ?? throw new InvalidOperationException("The journal could not be opened.");
        _open = Begin();
        _open.Add(_span);
        (_progress, _tokensProgress) = (Entry(), Entry());
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _span.Dispose();
        _root.Dispose();
        _journal!.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>A transaction of two spans, from its first record until it is taken out again.</summary>
    [Benchmark]
    public void BeginAndClose()
    {
        var entries = Begin();
        entries.Add(_span);
        entries.Close();
    }

    /// <summary>A chunk that tells nothing else.</summary>
    [Benchmark]
    public void Chunk() => _progress!.OnProgress(7, default);

    /// <summary>A chunk that tells tokens.</summary>
    [Benchmark]
    public void Progress()
    {
        _reading.Update(new LlmUsage(100, ++_tokens));
        _tokensProgress!.OnProgress(7, _reading);
    }

    [Benchmark]
    public void End() => _open!.Write(_span);

    private SpanEntry Entry()
    {
        var slot = _journal!.Rent(out var generation)!;
        return new SpanEntry(_span, TimeProvider.System) { Slot = slot, Generation = generation };
    }

    private TransactionEntries Begin()
    {
        var entries = new TransactionEntries(_journal, TimeProvider.System);
        entries.Begin(_root, isRequest: true, [], static _ => true);
        entries.Write(_root);
        return entries;
    }
}
