using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace LlmTracing.Benchmarks.Load.Server;

/// <summary>The streams that all variants write: what a model says, in pieces of a few words.</summary>
internal static class Chunks
{
    // As long as a stamp, so that all bodies of a target are.
    private static readonly string[] Words =
        [.. Enumerable.Range(0, 64).Select(static i => $" piece {i:00} of it.")];

    private static readonly TextPiece[] Pieces =
        [.. Words.Select(static (word, i) => new TextPiece(word, i, "gpt-4o-mini"))];

    private static int _open;

    /// <summary>Gets how many streams are being read.</summary>
    public static int Open => Volatile.Read(ref _open);

    public static IAsyncEnumerable<string> Texts(StreamRequest request, CancellationToken cancellationToken) =>
        Of(request, static (request, i) => request.IsStamped ? Stamp() : Words[i % Words.Length], cancellationToken);

    public static IAsyncEnumerable<TextPiece> Json(StreamRequest request, CancellationToken cancellationToken) =>
        Of(request, static (request, i) => request.IsStamped ? Pieces[i % Pieces.Length] with { Delta = Stamp() } : Pieces[i % Pieces.Length], cancellationToken);

    private static async IAsyncEnumerable<T> Of<T>(
        StreamRequest request,
        Func<StreamRequest, int, T> chunk,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _open);
        try
        {
            for (var i = 0; i < request.Chunks; i++)
            {
                if (request.Gap > 0 && i > 0)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(request.Gap), cancellationToken);
                }

                yield return chunk(request, i);
            }

            if (request.Holds)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    // The clock that all processes of the machine share.
    private static string Stamp() => Stopwatch.GetTimestamp().ToString("x16", CultureInfo.InvariantCulture);
}
