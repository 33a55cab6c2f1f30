using System.Diagnostics;
using LlmTracing.Tests.Unit.Support;

namespace LlmTracing.Tests.Unit.Testing;

public sealed class TransactionRecorderTests
{
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    private readonly TransactionRecorder _recorder = new();

    [Fact]
    public async Task NextAsync_Requests_GivesEachOnceInOrderOfArrival()
    {
        Accept("GET /first", ActivityKind.Server);
        Accept("chat m", ActivityKind.Client);
        Accept("GET /second", ActivityKind.Server);

        var first = await _recorder.NextAsync();
        var second = await _recorder.NextAsync();

        Assert.Equal(("GET /first", "GET /second"), (first.Name, second.Name));
        Assert.Equal([first, second], _recorder.Requests);
        Assert.Equal(["GET /first", "chat m", "GET /second"], _recorder.All.Select(static one => one.Name));
    }

    [Fact]
    public async Task NextAsync_TraceOrPredicate_GivesWhateverRootIsLikeThat()
    {
        var trace = ActivityTraceId.CreateRandom();
        Accept("GET /", ActivityKind.Server);
        Accept("chat m", ActivityKind.Client, trace);
        Accept("execute_tool late", ActivityKind.Internal, trace);

        var late = await _recorder.NextAsync(static one => one.Name.EndsWith("late", StringComparison.Ordinal));
        var chat = await _recorder.NextAsync(trace);

        Assert.Equal(("execute_tool late", "chat m"), (late.Name, chat.Name));
        Assert.Equal([chat, late], _recorder.Of(trace));
    }

    [Fact]
    public async Task NextAsync_NothingArrives_SaysWhatWasAwaitedAndWhatItTakes()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => _recorder.NextAsync(Instant));

        Assert.Equal(
            "No transaction of a request within 0.001 s. None of any kind arrived. A request is a transaction only behind "
            + "app.UseLlmTracing(), if Filter and the sampling let it through; with a span still open, it comes after "
            + "ChildLimit.",
            failure.Message);
    }

    [Fact]
    public async Task NextAsync_OthersArrive_DrawsThem()
    {
        Accept("GET /", ActivityKind.Server);
        Accept("step", ActivityKind.Internal);
        await _recorder.NextAsync();
        _recorder.Timeout = Instant;

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => _recorder.NextAsync());

        Assert.Equal(
            "No transaction of a request within 0.001 s. 2 arrived:\n\n(taken before) GET / [other]\n\nstep [other]",
            failure.Message);
    }

    [Fact]
    public async Task NextAsync_ManyOthersArrive_DrawsTheLast()
    {
        foreach (var number in Enumerable.Range(1, 21))
        {
            Accept($"number {number}", ActivityKind.Internal);
        }

        var failure = await Assert.ThrowsAsync<TimeoutException>(
            () => _recorder.NextAsync(static one => one.Calls == 7, Instant));

        Assert.StartsWith(
            "No transaction where static one => one.Calls == 7 within 0.001 s. 21 arrived, the last 20 of them:\n\nnumber 2 [",
            failure.Message,
            StringComparison.Ordinal);
        Assert.EndsWith("\n\nnumber 21 [other]", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NextAsync_OfATrace_NamesItInVain()
    {
        var trace = ActivityTraceId.CreateRandom();

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => _recorder.NextAsync(trace, Instant));

        Assert.StartsWith($"No transaction of trace {trace} within ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NextAsync_ManyAtOnce_EachGivesAnotherTransaction()
    {
        const int count = 200;
        var waits = Enumerable.Range(0, count).Select(_ => _recorder.NextAsync()).ToList();

        await Task.WhenAll(Enumerable.Range(0, count).Select(
            number => Task.Run(() => Accept($"GET /{number}", ActivityKind.Server))));
        var taken = await Task.WhenAll(waits);

        Assert.Equal(count, taken.Distinct().Count());
    }

    [Fact]
    public async Task TakeAsync_Enough_GivesThemInOrderOfArrival()
    {
        var wait = _recorder.TakeAsync(2);
        Accept("GET /1", ActivityKind.Server);
        Accept("GET /2", ActivityKind.Server);
        Accept("GET /3", ActivityKind.Server);

        var taken = await wait;

        Assert.Equal(["GET /1", "GET /2"], taken.Select(static one => one.Name));
        Assert.Equal("GET /3", (await _recorder.NextAsync()).Name);
    }

    [Fact]
    public async Task TakeAsync_TooFew_TakesNone()
    {
        Accept("GET /1", ActivityKind.Server);

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => _recorder.TakeAsync(2, Instant));

        Assert.Equal("No 2 transactions of requests within 0.001 s. 1 arrived:\n\nGET /1 [other]", failure.Message);
        Assert.Equal("GET /1", (await _recorder.NextAsync()).Name);
    }

    public static TheoryData<TimeSpan> NoWaits => [TimeSpan.FromSeconds(-5), TimeSpan.FromDays(60), TimeSpan.MaxValue];

    [Theory]
    [MemberData(nameof(NoWaits))]
    public async Task NextAsync_WaitIsOutOfRange_NamesIt(TimeSpan within)
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(nameof(within), () => _recorder.NextAsync(within));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(nameof(within), () => _recorder.TakeAsync(1, within));
        Assert.Throws<ArgumentOutOfRangeException>("value", () => _recorder.Timeout = within);
    }

    [Fact]
    public async Task NextAsync_WaitWithoutEnd_LastsUntilOneArrives()
    {
        _recorder.Timeout = Timeout.InfiniteTimeSpan;
        var unbounded = _recorder.NextAsync();
        var longest = _recorder.NextAsync(TimeSpan.FromDays(24));

        Accept("GET /1", ActivityKind.Server);
        Accept("GET /2", ActivityKind.Server);

        Assert.Equal(2, (await Task.WhenAll(unbounded, longest).BoundAsync()).Distinct().Count());
    }

    [Fact]
    public async Task Accept_TestWaits_TestDoesNotGoOnOnTheRequestsThread()
    {
        using var accepting = new ThreadLocal<bool>();
        var goneOn = GoOnAsync();

        accepting.Value = true;
        Accept("GET /", ActivityKind.Server);
        accepting.Value = false;

        Assert.False(await goneOn);

        async Task<bool> GoOnAsync()
        {
            await _recorder.NextAsync().ConfigureAwait(false);
            return accepting.Value;
        }
    }

    private void Accept(string name, ActivityKind kind, ActivityTraceId? trace = null) => _recorder.Accept(
        new(trace ?? ActivityTraceId.CreateRandom(), Finished.Span() with { Name = name, Kind = kind }, [])
        {
            IsRequest = kind == ActivityKind.Server,
        });
}
