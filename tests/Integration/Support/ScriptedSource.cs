using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The same chunks from every shape of source, held at gates; notes what is done to the source.</summary>
internal sealed class ScriptedSource(params string[] chunks)
{
    private readonly TaskCompletionSource _tokenCancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _enumerations;
    private int _disposals;
    private int _pulls;
    private bool _wasDisposedWhilePulled;

    /// <summary>Gets the places where the source waits: before the chunk of that index, or at the end.</summary>
    public IReadOnlyList<ScriptGate> Gates { get; init; } = [];

    /// <summary>Gets a value indicating whether its chunks begin again after the last, for ever.</summary>
    public bool IsEndless { get; init; }

    /// <summary>Gets what is thrown before the chunk of index <see cref="FailureAfter"/>.</summary>
    public Exception? Failure { get; init; }

    public int FailureAfter { get; init; }

    /// <summary>Gets the task that completes when the source sees its token cancelled.</summary>
    public Task TokenCancelled => _tokenCancelled.Task;

    /// <summary>Gets the task that completes when the source is disposed: an iterator, when its finally has run.</summary>
    public Task Disposed => _disposed.Task;

    public int Enumerations => Volatile.Read(ref _enumerations);

    public int Disposals => Volatile.Read(ref _disposals);

    /// <summary>Gets a value indicating whether it was disposed inside a MoveNextAsync, which must not be.</summary>
    public bool WasDisposedWhilePulled => Volatile.Read(ref _wasDisposedWhilePulled);

    public static bool SeesToken(SourceShape shape) => shape != SourceShape.IteratorWithoutToken;

    public static bool HonoursToken(SourceShape shape) =>
        shape is SourceShape.Iterator or SourceShape.Enumerator or SourceShape.SseItems;

    /// <summary>The answer that streams this source in a shape.</summary>
    public IResult ToResult(SourceShape shape, LlmCall? call = null, TracedSseOptions? options = null) =>
        shape == SourceShape.SseItems
            ? Results.TracedSse(ItemsAsync(), call, options)
            : Results.TracedSse(As(shape), call, options);

    public IAsyncEnumerable<string> As(SourceShape shape) => shape switch
    {
        SourceShape.Iterator => IterateAsync(),
        SourceShape.IteratorWithoutToken => IterateWithoutTokenAsync(),
        SourceShape.Enumerator => new ByHand(this, honoursToken: true),
        SourceShape.IgnoringEnumerator => new ByHand(this, honoursToken: false),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "Its chunks are no strings."),
    };

    private async IAsyncEnumerable<string> IterateAsync([EnumeratorCancellation] CancellationToken token = default)
    {
        using var watch = Begin(token);
        try
        {
            for (var i = 0; await AdvanceAsync(i, token); i++)
            {
                yield return Chunk(i);
            }
        }
        finally
        {
            NoteDisposal();
        }
    }

    private async IAsyncEnumerable<string> IterateWithoutTokenAsync()
    {
        using var watch = Begin(CancellationToken.None);
        try
        {
            for (var i = 0; await AdvanceAsync(i, CancellationToken.None); i++)
            {
                yield return Chunk(i);
            }
        }
        finally
        {
            NoteDisposal();
        }
    }

    private async IAsyncEnumerable<SseItem<string>> ItemsAsync(
        [EnumeratorCancellation] CancellationToken token = default)
    {
        await foreach (var chunk in IterateAsync(token))
        {
            yield return new SseItem<string>(chunk);
        }
    }

    private CancellationTokenRegistration Begin(CancellationToken token)
    {
        Interlocked.Increment(ref _enumerations);
        return token.Register(NoteCancellation);
    }

    private void NoteCancellation() => _tokenCancelled.TrySetResult();

    private async ValueTask<bool> AdvanceAsync(int index, CancellationToken token)
    {
        Interlocked.Increment(ref _pulls);
        try
        {
            if (Gates.FirstOrDefault(gate => gate.AfterChunks == index) is { } gate)
            {
                await gate.PassAsync(token);
            }
        }
        catch (OperationCanceledException)
        {
            // Callbacks run latest first: this one has come before, and may undo, the registration of Begin.
            NoteCancellation();
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _pulls);
        }

        return Failure is not null && FailureAfter == index ? throw Failure : IsEndless || index < chunks.Length;
    }

    private void NoteDisposal()
    {
        _wasDisposedWhilePulled |= Volatile.Read(ref _pulls) > 0;
        Interlocked.Increment(ref _disposals);
        _disposed.TrySetResult();
    }

    private sealed class ByHand(ScriptedSource source, bool honoursToken)
        : IAsyncEnumerable<string>, IAsyncEnumerator<string>
    {
        private CancellationTokenRegistration _watch;
        private CancellationToken _token;
        private int _next;

        public string Current { get; private set; } = "";

        public IAsyncEnumerator<string> GetAsyncEnumerator(CancellationToken cancellationToken)
        {
            _watch = source.Begin(cancellationToken);
            _token = honoursToken ? cancellationToken : CancellationToken.None;
            return this;
        }

        public ValueTask<bool> MoveNextAsync()
        {
            var advance = source.AdvanceAsync(_next, _token);
            if (!advance.IsCompletedSuccessfully)
            {
                return AwaitAsync(advance);
            }

            return ValueTask.FromResult(Move(advance.GetAwaiter().GetResult()));
        }

        public ValueTask DisposeAsync()
        {
            _watch.Dispose();
            source.NoteDisposal();
            return ValueTask.CompletedTask;
        }

        private async ValueTask<bool> AwaitAsync(ValueTask<bool> advance) => Move(await advance);

        private bool Move(bool hasNext)
        {
            if (hasNext)
            {
                Current = source.Chunk(_next++);
            }

            return hasNext;
        }
    }

    private string Chunk(int index) => chunks[index % chunks.Length];
}
