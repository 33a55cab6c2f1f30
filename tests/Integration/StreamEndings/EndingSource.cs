using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.StreamEndings;

/// <summary>Three pieces, the second of them large where writing shall block, from every shape of source.</summary>
internal sealed class EndingSource(EndingCell cell)
{
    public const int Chunks = 3;

    // More than the buffers of both sockets hold.
    private const int BlockingLength = 12 * 1024 * 1024;

    private static readonly LlmCall Call = new("m") { Provider = "p" };

    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _testEnds = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _disposals;

    /// <summary>Gets where it is silent until the test lets it go on.</summary>
    public ScriptGate Gate { get; } = new(cell.ChunksBefore);

    /// <summary>Gets the task that completes when it begins to be disposed, which ends a provider's connection.</summary>
    public Task Disposed => _disposed.Task;

    public int Disposals => Volatile.Read(ref _disposals);

    public IResult ToResult(TracedSseOptions options) => cell.Shape switch
    {
        EndingShape.Iterator => Results.TracedSse(IterateAsync(), Call, options),
        EndingShape.IteratorWithoutToken => Results.TracedSse(IterateWithoutTokenAsync(), Call, options),
        EndingShape.SseItems => Results.TracedSse(ItemsAsync(), Call, options),
        EndingShape.Deferred => Results.TracedSse(LlmTrace.Defer(Ask), Call, options),
        var shape => Results.TracedSse(new ByHand(this, shape), Call, options),
    };

    /// <summary>Lets go of whatever still hangs.</summary>
    public void EndTest()
    {
        Gate.Release();
        _testEnds.TrySetResult();
    }

    private async IAsyncEnumerable<Piece> IterateAsync([EnumeratorCancellation] CancellationToken token = default)
    {
        try
        {
            for (var i = 0; await AdvanceAsync(i, token); i++)
            {
                yield return PieceAt(i);
            }
        }
        finally
        {
            NoteDisposal();
        }
    }

    private async IAsyncEnumerable<Piece> IterateWithoutTokenAsync()
    {
        await foreach (var piece in IterateAsync(CancellationToken.None))
        {
            yield return piece;
        }
    }

    private async IAsyncEnumerable<SseItem<Piece>> ItemsAsync([EnumeratorCancellation] CancellationToken token = default)
    {
        await foreach (var piece in IterateAsync(token))
        {
            yield return new SseItem<Piece>(piece);
        }
    }

    private ByHand Ask(CancellationToken token) => new(this, EndingShape.Deferred) { Token = token };

    private async ValueTask<bool> AdvanceAsync(int index, CancellationToken token)
    {
        if (index == Gate.AfterChunks)
        {
            await Gate.PassAsync(token);
            if (cell.Ending == Ending.Failed)
            {
                throw new InvalidOperationException("The provider failed.");
            }
        }

        return index < Chunks;
    }

    private Piece PieceAt(int index)
    {
        var isBlocking = cell.Phase == EndingPhase.DuringBlockedWrite && index == 1;
        return new Piece(isBlocking ? new string('x', BlockingLength) : "x", index + 1);
    }

    private void NoteDisposal()
    {
        Interlocked.Increment(ref _disposals);
        _disposed.TrySetResult();
    }

    private sealed class ByHand(EndingSource source, EndingShape shape) : IAsyncEnumerable<Piece>, IAsyncEnumerator<Piece>
    {
        private int _next;

        public CancellationToken Token { get; set; }

        public Piece Current { get; private set; } = new("", 0);

        public IAsyncEnumerator<Piece> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            if (shape is EndingShape.Enumerator or EndingShape.HangingDisposal)
            {
                Token = cancellationToken;
            }

            return this;
        }

        public async ValueTask<bool> MoveNextAsync()
        {
            if (!await source.AdvanceAsync(_next, Token))
            {
                return false;
            }

            Current = source.PieceAt(_next++);
            return true;
        }

        public async ValueTask DisposeAsync()
        {
            source.NoteDisposal();
            if (shape == EndingShape.HangingDisposal)
            {
                await source._testEnds.Task;
            }
        }
    }
}
