using System.Diagnostics;

namespace LlmTracing.Tests.Unit.Support;

/// <summary>A source written by hand, as SDKs have them: not an async iterator, so no context flows through it.</summary>
internal sealed class ManualSource : IAsyncEnumerable<int>, IAsyncEnumerator<int>
{
    private readonly List<Activity?> _currents = [];
    private int _disposals;

    public Func<ValueTask<bool>> OnMoveNext { get; init; } = static () => ValueTask.FromResult(false);

    public Func<ValueTask> OnDispose { get; init; } = static () => ValueTask.CompletedTask;

    public Action OnGetEnumerator { get; init; } = static () => { };

    public Func<int> OnCurrent { get; init; } = static () => 0;

    /// <summary>Gets the current span of each call of MoveNextAsync.</summary>
    public IReadOnlyList<Activity?> Currents => _currents;

    /// <summary>Gets the current span of GetAsyncEnumerator.</summary>
    public Activity? CurrentAtStart { get; private set; }

    /// <summary>Gets the current span of DisposeAsync.</summary>
    public Activity? CurrentAtDisposal { get; private set; }

    public CancellationToken Token { get; private set; }

    public int Disposals => Volatile.Read(ref _disposals);

    public int Current => OnCurrent();

    public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        Token = cancellationToken;
        CurrentAtStart = Activity.Current;
        OnGetEnumerator();
        return this;
    }

    public ValueTask<bool> MoveNextAsync()
    {
        _currents.Add(Activity.Current);
        return OnMoveNext();
    }

    public ValueTask DisposeAsync()
    {
        CurrentAtDisposal = Activity.Current;
        Interlocked.Increment(ref _disposals);
        return OnDispose();
    }
}
