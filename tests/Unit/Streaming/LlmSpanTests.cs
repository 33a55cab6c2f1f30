using System.Diagnostics;
using LlmTracing.Tests.Unit.Support;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Unit.Streaming;

public sealed class LlmSpanTests
{
    [Fact]
    public void StartTool_UntilItIsDisposed_IsCurrent()
    {
        using var spans = new SpanRecorder();

        using (var span = LlmTrace.StartTool("search", "call-1"))
        {
            Assert.Same(span.Activity, Activity.Current);
        }

        Assert.Same(spans.Root, Activity.Current);
        var tool = spans.Single;
        Assert.Equal("execute_tool search", tool.DisplayName);
        Assert.Equal(spans.Root.SpanId, tool.ParentSpanId);
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["llm_tracing.parent"] = "ambient",
                ["gen_ai.operation.name"] = "execute_tool",
                ["gen_ai.tool.name"] = "search",
                ["gen_ai.tool.call.id"] = "call-1",
            },
            tool.TagObjects.ToDictionary());
    }

    [Fact]
    public void Dispose_ParentWasGiven_WhatWasCurrentBeforeIsCurrentAgain()
    {
        using var spans = new SpanRecorder();
        using var elsewhere = SpanRecorder.App.StartActivity("elsewhere")!;
        Activity.Current = spans.Root;

        using (var span = LlmTrace.StartTool("search", parent: elsewhere))
        {
            Assert.Same(elsewhere, span.Activity!.Parent);
            Assert.Equal("explicit", span.Activity.GetTagItem("llm_tracing.parent"));
        }

        Assert.Same(spans.Root, Activity.Current);
    }

    [Fact]
    public void Dispose_AnotherSpanIsCurrent_ItStaysSo()
    {
        using var spans = new SpanRecorder();
        var outer = LlmTrace.StartTool("outer");
        using var inner = SpanRecorder.App.StartActivity("inner")!;

        outer.Dispose();

        Assert.Same(inner, Activity.Current);
    }

    [Fact]
    public void Dispose_Twice_EndsOnce()
    {
        using var spans = new SpanRecorder();
        var span = LlmTrace.StartTool("search");

        span.Dispose();
        Activity.Current = null;
        span.Dispose();

        Assert.Single(spans.Ended);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void Fail_Twice_KeepsTheFirstCause()
    {
        using var spans = new SpanRecorder();

        using (var span = LlmTrace.StartTool("search"))
        {
            span.Fail(new InvalidOperationException("first"));
            span.Fail(new NotSupportedException("second"));
        }

        Assert.Equal((ActivityStatusCode.Error, "first"), (spans.Single.Status, spans.Single.StatusDescription));
        Assert.Equal("System.InvalidOperationException", spans.Single.GetTagItem("error.type"));
        Assert.Single(spans.Single.Events);
    }

    [Fact]
    public void Record_Usage_IsWrittenWithPartsNoLargerThanTheirWhole()
    {
        using var spans = new SpanRecorder();

        using (var span = LlmTrace.StartTool("ask"))
        {
            span.Record(new LlmUsage(11, 4, CachedInputTokens: 20));
        }

        Assert.Equal(11L, spans.Single.GetTagItem("gen_ai.usage.cache_read.input_tokens"));
        Assert.Equal(15L, spans.Single.GetTagItem("gen_ai.usage.total_tokens"));
        Assert.Null(spans.Single.GetTagItem("gen_ai.usage.reasoning.output_tokens"));
    }

    [Fact]
    public async Task Dispose_FromManyThreadsAtOnce_EndsOnceWithOneCause()
    {
        using var spans = new SpanRecorder();
        using var start = new Barrier(8);
        var span = LlmTrace.StartTool("search");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(TestContext.Current.CancellationToken);
                span.Fail(new InvalidOperationException($"cause {i}"));
                span.Set("thread", i);
                span.Record(new LlmUsage(i));
                span.Dispose();
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Same(span.Activity, spans.Single);
        Assert.Single(spans.Single.Events);
        Assert.Equal(ActivityStatusCode.Error, spans.Single.Status);
    }

    [Fact]
    public void Set_AfterTheEnd_ChangesNothing()
    {
        using var spans = new SpanRecorder();
        var span = LlmTrace.StartTool("search");
        span.Dispose();
        var before = span.Activity!.TagObjects.ToDictionary();

        span.Set("late", true);
        span.Record(new LlmUsage(1));
        span.Fail(new InvalidOperationException());

        Assert.Equal(before, span.Activity.TagObjects.ToDictionary());
        Assert.Equal(ActivityStatusCode.Unset, span.Activity.Status);
    }

    [Fact]
    public void Fail_Cancellation_IsNoError()
    {
        using var spans = new SpanRecorder();

        using (var span = LlmTrace.StartTool("search"))
        {
            span.Fail(new OperationCanceledException(new CancellationToken(canceled: true)));
        }

        Assert.Equal(ActivityStatusCode.Unset, spans.Single.Status);
        Assert.Equal("abandoned", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Null(spans.Single.GetTagItem("error.type"));
        Assert.Empty(spans.Single.Events);
    }

    [Fact]
    public void Fail_TimeRanOut_IsAnErrorOfThatOutcome()
    {
        using var spans = new SpanRecorder();

        using (var span = LlmTrace.StartTool("search"))
        {
            // As HttpClient.Timeout throws.
            span.Fail(new TaskCanceledException("late", new TimeoutException()));
        }

        Assert.Equal(ActivityStatusCode.Error, spans.Single.Status);
        Assert.Equal("upstream_timed_out", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
        Assert.Equal("System.Threading.Tasks.TaskCanceledException", spans.Single.GetTagItem("error.type"));
    }

    [Fact]
    public void Fail_ClientOfTheRequestHasLeft_IsNoError()
    {
        using var spans = new SpanRecorder();
        var accessor = new HttpContextAccessor
        {
            HttpContext = new DefaultHttpContext { RequestAborted = new CancellationToken(canceled: true) },
        };

        using (var span = LlmTrace.StartTool("search"))
        {
            span.Fail(new IOException("The client has gone."));
        }

        accessor.HttpContext = null;

        Assert.Equal(ActivityStatusCode.Unset, spans.Single.Status);
        Assert.Equal("client_disconnected", spans.Single.GetTagItem("llm_tracing.stream.outcome"));
    }

    [Fact]
    public void Fail_ExceptionCannotBePrinted_AppGoesOn()
    {
        using var spans = new SpanRecorder();

        using (var span = LlmTrace.StartTool("search"))
        {
            span.Fail(new UnprintableException());
        }

        Assert.Equal(ActivityStatusCode.Error, spans.Single.Status);
        Assert.Equal(typeof(UnprintableException).FullName, spans.Single.GetTagItem("error.type"));
        Assert.Equal(
            "[It could not be read: System.InvalidOperationException]",
            Assert.Single(spans.Single.Events).Tags.Single(static tag => tag.Key == "exception.stacktrace").Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SetContent_OnlyIfItIsWanted_IsRecorded(bool isWanted)
    {
        using var spans = new SpanRecorder();

        using (var span = LlmTrace.StartTool("search"))
        {
            if (isWanted)
            {
                LlmTrace.CaptureContent(span.Activity!, new LlmTracingOptions { CaptureContent = true });
            }

            span.SetContent(GenAiAttributes.ToolCallArguments, """{"query":"q"}""");
        }

        Assert.Equal(isWanted ? """{"query":"q"}""" : null, spans.Single.GetTagItem("gen_ai.tool.call.arguments"));
    }

    [Fact]
    public void StartTool_AnotherListenerThrows_AppGoesOnAndCurrentIsRestored()
    {
        using var spans = new SpanRecorder();
        var traceId = spans.Root.TraceId;
        using var broken = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == LlmTrace.SourceName,
            ActivityStarted = span => ThrowIn(span, traceId),
        };
        ActivitySource.AddActivityListener(broken);

        using (LlmTrace.StartTool("search"))
        {
            Assert.Same(spans.Root, Activity.Current);
        }

        Assert.Same(spans.Root, Activity.Current);
    }

    private static void ThrowIn(Activity span, ActivityTraceId traceId)
    {
        if (span.TraceId == traceId)
        {
            throw new InvalidOperationException("a listener's fault");
        }
    }

    private sealed class UnprintableException : Exception
    {
        public override string Message => throw new InvalidOperationException("It cannot be printed.");
    }
}
