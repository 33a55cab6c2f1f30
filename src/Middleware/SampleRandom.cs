using System.Buffers.Binary;
using System.Diagnostics;

namespace LlmTracing;

/// <summary>The number by which it is decided whether a trace that begins here is recorded.</summary>
/// <remarks>It follows from the trace's id alone, so that every service and every backend comes to the same.</remarks>
public static class SampleRandom
{
    private const int Steps = 1_000_000;

    /// <summary>Gives the number of a trace.</summary>
    /// <param name="traceId">The trace.</param>
    /// <returns>
    /// 0 up to, but not, 1, in steps of a millionth, which is what is sent of it to other services. The trace is recorded
    /// where this is less than the rate.
    /// </returns>
    public static double Of(ActivityTraceId traceId)
    {
        // The last seven bytes of a trace id are random: https://www.w3.org/TR/trace-context-2/#random-trace-id-flag.
        // 53 of their bits are what a double holds.
        Span<byte> bytes = stackalloc byte[16];
        traceId.CopyTo(bytes);
        var random = (BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) & ((1UL << 53) - 1)) / (double)(1UL << 53);
        return Math.Floor(random * Steps) / Steps;
    }
}
