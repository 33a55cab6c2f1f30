namespace LlmTracing.Tests.Integration.Support;

/// <summary>A source of one chunk whose DisposeAsync does not return before the test has ended.</summary>
internal sealed class HangingDisposal(bool fails) : IAsyncEnumerable<string>, IAsyncEnumerator<string>, IDisposable
{
    private readonly TaskCompletionSource _testEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _token;
    private bool _isRead;

    /// <summary>Gets a value indicating whether it stays silent after its chunk until its token is cancelled.</summary>
    public bool IsEndless { get; init; }

    public string Current => "a";

    public IAsyncEnumerator<string> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        _token = cancellationToken;
        return this;
    }

    public async ValueTask<bool> MoveNextAsync()
    {
        if (!_isRead)
        {
            return _isRead = true;
        }

        if (IsEndless)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _token);
        }

        return fails ? throw new InvalidOperationException("broken") : false;
    }

    public async ValueTask DisposeAsync() => await _testEnded.Task;

    public void Dispose() => _testEnded.SetResult();
}
