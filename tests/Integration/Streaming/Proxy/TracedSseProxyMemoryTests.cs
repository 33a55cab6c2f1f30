using System.Text;
using System.Threading.Tasks.Sources;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Streaming.Proxy;

/// <summary>
/// What a chunk costs in memory between the provider's stream and the response, counted for the whole process.
/// </summary>
[Collection(RunsAlone.Name)]
public sealed class TracedSseProxyMemoryTests
{
    private const int Few = 1_000;
    private const int Many = 21_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_PiecesThatAreReadyOrWaitedFor_AllocatesNothingAPiece(bool isWaitedFor)
    {
        var services = new ServiceCollection().BuildServiceProvider();
        await RunAsync(services, Many, isWaitedFor);

        var few = await RunAsync(services, Few, isWaitedFor);
        var many = await RunAsync(services, Many, isWaitedFor);

        // Far less than one object a piece: what the test host itself does meanwhile is in it.
        Assert.InRange((many - few) / (double)(Many - Few), double.MinValue, 8);
    }

    private static async Task<long> RunAsync(IServiceProvider services, int pieces, bool isWaitedFor)
    {
        var context = new DefaultHttpContext { RequestServices = services };
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        var upstream = new HttpResponseMessage { Content = new StreamContent(new Pieces(pieces, isWaitedFor)) };
        var result = Results.TracedSseProxy(upstream, new LlmCall("m"));
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Task.Run(() => result.ExecuteAsync(context));
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    /// <summary>One event without news, again and again, each in two pieces.</summary>
    private sealed class Pieces(int count, bool isWaitedFor) : Stream, IValueTaskSource<int>, IThreadPoolWorkItem
    {
        private static readonly byte[] Event = Encoding.UTF8.GetBytes(
            "data: {\"id\":\"a\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\r\n\r\n");

        private int _left = count;
        private int _count;
        private ManualResetValueTaskSourceCore<int> _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var piece = _left == 0 ? default : _left-- % 2 == 0 ? Event.AsMemory(0, 40) : Event.AsMemory(40);
            piece.CopyTo(buffer);
            if (!isWaitedFor)
            {
                return ValueTask.FromResult(piece.Length);
            }

            _read.Reset();
            _count = piece.Length;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return new ValueTask<int>(this, _read.Version);
        }

        public void Execute() => _read.SetResult(_count);

        public int GetResult(short token) => _read.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _read.GetStatus(token);

        public void OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _read.OnCompleted(continuation, state, token, flags);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
