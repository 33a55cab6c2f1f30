using System.Diagnostics;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Testing;

public sealed class RecordedTransactionTests
{
    private static readonly FinishedSpan Root = Span(1, null, "GET /chat",
        (HttpAttributes.RequestMethod, "GET"),
        (LlmTracingAttributes.StreamOutcome, "upstream_failed"),
        (LlmTracingAttributes.Calls, 2),
        (LlmTracingAttributes.UsageInputTokens, 7L),
        (LlmTracingAttributes.UsageOutputTokens, 3L),
        (LlmTracingAttributes.UsageTotalTokens, 10L),
        (GenAiAttributes.ErrorType, "429")) with
    { Kind = ActivityKind.Server, Status = ActivityStatusCode.Error };

    private static readonly FinishedSpan[] Beneath =
    [
        Span(2, 1, "chat one", (GenAiAttributes.OperationName, "chat"),
            (LlmTracingAttributes.StreamOutcome, "completed"),
            (GenAiAttributes.UsageInputTokens, 5),
            (GenAiAttributes.UsageOutputTokens, 3L),
            (GenAiAttributes.UsageCacheReadInputTokens, 2L)),
        Span(3, 1, "chat two", (GenAiAttributes.OperationName, "chat"), (GenAiAttributes.UsageInputTokens, 2L)) with
        {
            Status = ActivityStatusCode.Error,
            Error = new FinishedError("App.Refused", "No.", null),
        },
        Span(4, 2, "POST") with { Source = "System.Net.Http", IsUnfinished = true },
        Span(5, 9, "lost", ("db.system.name", "postgresql")) with { Status = ActivityStatusCode.Error },
        Span(6, 5, "step") with { Source = LlmTrace.SourceName },
    ];

    private const string Tree =
        """
        GET /chat [http.server] upstream_failed, 7 in, 3 out, error 429
          chat one [chat] completed, 5 in, 3 out
            POST [http.client] unfinished
          chat two [chat] 2 in, error App.Refused
          lost [db] error, its parent was not recorded
            step [task]
        (4 more spans were dropped)
        """;

    private readonly RecordedTransaction _transaction =
        new(Finished.Transaction(Root, Beneath) with { DroppedSpans = 4 });

    [Fact]
    public void Tree_EverythingThatCanHappen_IsALineForEachSpan()
    {
        Assert.Equal(Tree, _transaction.Tree);
        Assert.Equal(Tree, _transaction.ToString());
    }

    [Fact]
    public void Children_OfASpan_AreThoseDirectlyBeneathByTheirStart()
    {
        var (one, two) = (_transaction.SingleNamed("chat one"), _transaction.SingleNamed("chat two"));

        Assert.Equal([one, two], _transaction.Root.Children);
        Assert.Same(_transaction.Root, one.Parent);
        Assert.Equal(["chat one", "POST", "chat two"], _transaction.Root.Descendants.Select(static span => span.Name));
        Assert.Null(_transaction.Root.Parent);
        Assert.Null(_transaction.SingleNamed("lost").Parent);
        Assert.Equal("lost [db] error\n  step [task]", _transaction.SingleNamed("lost").ToString());
    }

    [Fact]
    public void Usage_OfCallAndTransaction_IsReadBack()
    {
        var call = _transaction.SingleNamed("chat one").Usage;

        Assert.Equal(new LlmUsage(5, 3, CachedInputTokens: 2), call);
        Assert.Equal(new LlmUsage(7, 3), _transaction.Usage);
        Assert.Equal(2, _transaction.Calls);
        Assert.True(_transaction.SingleNamed("POST").Usage.IsEmpty);
    }

    [Fact]
    public void Single_OneSpan_GivesItTheRootToo()
    {
        Assert.Equal("POST", _transaction.Single("http.client").Name);
        Assert.Same(_transaction.Root, _transaction.Single("http.server"));
        Assert.Equal(["chat one", "chat two"], _transaction.OfOperation("chat").Select(static span => span.Name));
    }

    [Fact]
    public void Single_NoneOrMore_FailsDrawingTheTree()
    {
        var more = Assert.Throws<InvalidOperationException>(() => _transaction.Single("chat"));
        var none = Assert.Throws<InvalidOperationException>(() => _transaction.SingleNamed("chat three"));

        Assert.Equal($"2 spans are of operation chat in:\n\n{Tree}", more.Message);
        Assert.Equal($"No span is named chat three in:\n\n{Tree}", none.Message);
    }

    [Theory]
    [InlineData("App", ActivityKind.Internal, "other")]
    [InlineData("App", ActivityKind.Client, "http.client", HttpAttributes.RequestMethod, "GET")]
    [InlineData("App", ActivityKind.Server, "other")]
    [InlineData("App", ActivityKind.Client, "db", "db.system", "redis")]
    [InlineData("LlmTracing", ActivityKind.Client, "invoke_agent", GenAiAttributes.OperationName, "invoke_agent")]
    public void Operation_OfASpan_IsTheKindOfItsWork(
        string source, ActivityKind kind, string expected, string? key = null, string? value = null)
    {
        var span = Span(1, null, "name", key is null ? [] : [(key, value)]) with { Source = source, Kind = kind };

        Assert.Equal(expected, new RecordedTransaction(Finished.Transaction(span)).Root.Operation);
    }

    // Started one after another, in the order of their ids.
    private static FinishedSpan Span(
        int id, int? parent, string name, params IEnumerable<(string Key, object? Value)> attributes) =>
        Finished.Span(attributes) with
        {
            SpanId = IdOf(id),
            ParentSpanId = parent is { } above ? IdOf(above) : null,
            Name = name,
            Start = Finished.Start.AddSeconds(id),
        };

    private static ActivitySpanId IdOf(int number) => ActivitySpanId.CreateFromString($"{number:x16}");
}
