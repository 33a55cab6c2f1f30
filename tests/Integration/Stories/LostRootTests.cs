using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;

namespace LlmTracing.Tests.Integration.Stories;

/// <summary>
/// Story 1, the lost root: https://github.com/vocodedev/vocode-core/issues/686. An app started a transaction; code deeper in
/// its asynchronous flow looked for it and logged "Missing top level transaction: No transaction found". Its spans went
/// nowhere, since what remembered the transaction was not set in that flow.
/// </summary>
/// <remarks>
/// Here the lookup falls back in steps, never throws and says which step it took. Seen to fail: without the step to the
/// request's transaction in <c>SpanParent.Find</c>, the second test finds no parent; without the registration of the
/// <c>HttpContextAccessor</c> in <c>AddLlmTracing</c>, <c>LlmTrace.Transaction</c> is null in it; without the step to
/// <c>NearestOpen</c>, the third loses its place.
/// </remarks>
public sealed class LostRootTests
{
    [Fact]
    public async Task Transaction_DeepInTheFlow_IsFoundAndHasTheSpansThatStartThere()
    {
        await using var app = await StartAsync(static () => GoDeeperAsync(50, static () =>
        {
            Assert.Equal("GET /", LlmTrace.Transaction?.DisplayName);
            LlmTrace.StartTool("transcribe").Dispose();
        }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        AssertOnlyChild(transaction, "ambient");
    }

    [Fact]
    public async Task Transaction_NothingIsCurrentInTheFlow_IsFoundByTheRequest()
    {
        await using var app = await StartAsync(static () => GoDeeperAsync(50, static () =>
        {
            // As libraries do that want none of their own work traced, and some never undo.
            Activity.Current = null;
            Assert.Equal("GET /", LlmTrace.Transaction?.DisplayName);
            LlmTrace.StartTool("transcribe").Dispose();
        }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        AssertOnlyChild(transaction, "request");
    }

    [Fact]
    public async Task Transaction_WhatIsCurrentHasEnded_NearestOpenSpanIsFound()
    {
        await using var app = await StartAsync(static () => GoDeeperAsync(50, static () =>
        {
            var step = new Activity("step").Start();
            ExecutionContext.Run(ExecutionContext.Capture()!, static step => ((Activity)step!).Stop(), step);
            Assert.Same(step, Activity.Current);
            LlmTrace.StartTool("transcribe").Dispose();
        }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        AssertOnlyChild(transaction, "ambient");
    }

    private static void AssertOnlyChild(RecordedTransaction transaction, string foundBy)
    {
        var tool = Assert.Single(transaction.Spans);
        Assert.Equal(("execute_tool transcribe", transaction.Root.SpanId), (tool.Name, tool.ParentSpanId));
        Assert.Equal(foundBy, tool[LlmTracingAttributes.Parent]);
    }

    private static Task<TestApp> StartAsync(Func<Task> request) => TestApp.StartAsync(app => app.MapGet("/", request));

    private static async Task GoDeeperAsync(int depth, Action atTheEnd)
    {
        await Task.Yield();
        if (depth == 0)
        {
            atTheEnd();
            return;
        }

        await Task.Run(() => GoDeeperAsync(depth - 1, atTheEnd)).ConfigureAwait(false);
    }
}
