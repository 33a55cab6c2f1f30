using System.Globalization;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Streaming.Flow;

public sealed class TracedEnumeratorTests
{
    private const int Requests = 200;
    private static readonly string[] Names = ["left", "right"];

    [Fact]
    public async Task MoveNext_200RequestsOfTwoInterleavedStreams_NoSpanIsUnderAForeignParent()
    {
        await using var app = await TestApp.StartAsync(
            static app => app.MapGet("/{number}", static (int number) => Results.TracedSse(
                InterleaveAsync(number), new LlmCall($"{number} both"))));

        var bodies = await Task.WhenAll(Enumerable.Range(0, Requests).Select(number => app.GetAsync($"/{number}")));
        await app.StopAsync();

        Assert.All(bodies, static body => Assert.Contains("\n\nevent: done\n", body, StringComparison.Ordinal));
        Assert.Equal(Requests, app.Sink.Requests.Count);
        Assert.Equal(Requests, app.Sink.Requests.DistinctBy(one => one.TraceId).Count());
        Assert.All(app.Sink.Requests, AssertTree);
    }

    [Fact]
    public async Task MoveNext_TwoStreamsPulledAtOnce_AreSiblings()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/", static async () =>
        {
            var gates = Names.Select(static _ => new ScriptGate(1)).ToArray();
            var reads = Names.Select((name, i) => new ScriptedSource("a", "b") { Gates = [gates[i]] }
                .As(SourceShape.Iterator).TraceLlm(new LlmCall(name)).ToListAsync().AsTask()).ToArray();
            await Task.WhenAll(gates.Select(gate => gate.Reached));
            gates[1].Release();
            gates[0].Release();
            await Task.WhenAll(reads);
        }));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.Equal(["chat left", "chat right"], transaction.Spans.Select(span => span.Name).Order());
        Assert.All(transaction.Spans, span => Assert.Equal(transaction.Root.SpanId, span.ParentSpanId));
    }

    [Fact]
    public async Task MoveNext_ChildSpanOpenOverAYield_IsCurrentAfterIt()
    {
        var gate = new ScriptGate(0);
        await using var app = await TestApp.StartAsync(
            app => app.MapGet("/", () => Results.TracedSse(StepsAsync(gate), new LlmCall("m"))));
        using var client = await app.ConnectAsync();
        var cancellation = TestContext.Current.CancellationToken;
        await client.SendAsync("GET", "/");
        await client.ReadHeadAsync(cancellation);

        // The first chunk goes out when the pull after it is awaited. A yield before that counts as one without waiting.
        Assert.Equal(":", await client.ReadFrameAsync(cancellation));
        Assert.Equal("data: before", await client.ReadFrameAsync(cancellation));
        gate.Release();
        var first = await client.ReadFrameAsync(cancellation);
        var second = await client.ReadFrameAsync(cancellation);
        var spans = (await app.Sink.NextAsync()).Spans.ToDictionary(static span => span.Name);

        Assert.Equal(("data: kept", "data: kept"), (first, second));
        Assert.Equal(spans["chat m"].SpanId, spans["execute_tool over the yield"].ParentSpanId);
        Assert.Equal(spans["execute_tool over the yield"].SpanId, spans["execute_tool within"].ParentSpanId);
        Assert.Equal(spans["chat m"].SpanId, spans["execute_tool afterwards"].ParentSpanId);

        static async IAsyncEnumerable<string> StepsAsync(ScriptGate gate)
        {
            var note = new AsyncLocal<string>();
            yield return "before";
            await gate.PassAsync(CancellationToken.None);
            note.Value = "kept";
            using (LlmTrace.StartTool("over the yield"))
            {
                yield return note.Value;
                LlmTrace.StartTool("within").Dispose();
                await Task.Yield();
            }

            LlmTrace.StartTool("afterwards").Dispose();
            yield return note.Value;
        }
    }

    // Pulls the two in turn, and each of their chunks has waited: four flows that overlap in every request.
    private static async IAsyncEnumerable<string> InterleaveAsync(int number)
    {
        await using var left = ChunksAsync(number, "left").GetAsyncEnumerator();
        await using var right = ChunksAsync(number, "right").GetAsyncEnumerator();
        while (await left.MoveNextAsync() & await right.MoveNextAsync())
        {
            yield return left.Current;
            using (LlmTrace.StartTool($"{number} between"))
            {
                await Task.Yield();
            }

            yield return right.Current;
        }
    }

    private static IAsyncEnumerable<string> ChunksAsync(int number, string name)
    {
        return IterateAsync().TraceLlm(new LlmCall($"{number} {name}"));

        async IAsyncEnumerable<string> IterateAsync()
        {
            for (var i = 0; i < 3; i++)
            {
                await Task.Yield();
                yield return i.ToString(CultureInfo.InvariantCulture);
                using var tool = LlmTrace.StartTool($"{number} in {name}");
                await Task.Yield();
            }
        }
    }

    private static void AssertTree(RecordedTransaction transaction)
    {
        var number = ((string)transaction.Root[HttpAttributes.UrlPath]!)[1..];
        var children = transaction.Spans.ToLookup(static span => span.ParentSpanId);
        var both = Assert.Single(children[transaction.Root.SpanId]);
        Assert.Equal($"chat {number} both", both.Name);
        Assert.Equal(
            [
                $"chat {number} left", $"chat {number} right",
                $"execute_tool {number} between", $"execute_tool {number} between", $"execute_tool {number} between",
            ],
            NamesOf(children[both.SpanId]));
        foreach (var name in Names)
        {
            var stream = children[both.SpanId].Single(span => span.Name == $"chat {number} {name}");
            Assert.Equal(
                Enumerable.Repeat($"execute_tool {number} in {name}", 3), NamesOf(children[stream.SpanId]));
        }

        Assert.Equal(12, transaction.Spans.Count);
        Assert.All(transaction.Spans, static span => Assert.False(span.IsUnfinished));
    }

    private static IEnumerable<string> NamesOf(IEnumerable<RecordedSpan> spans) =>
        spans.Select(static span => span.Name).Order(StringComparer.Ordinal);
}
