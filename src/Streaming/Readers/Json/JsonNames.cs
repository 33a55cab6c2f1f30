using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Looks for several names in JSON at once, without parsing it: most chunks have none that tells anything.</summary>
/// <remarks>
/// One pass over the bytes, where one for each name cost three times as much (benchmarks/Micro). It may find what is none,
/// in a nested object say, for which the chunk is then parsed in vain; it misses none. Text of the answer's is not mistaken:
/// a quote in it is escaped.
/// </remarks>
internal sealed class JsonNames
{
    private const byte Quote = (byte)'"';
    private const byte Backslash = (byte)'\\';

    // How many first letters are compared at once. Whoever needs more looks for fewer names at once.
    private const int MostInitials = 4;

    private readonly byte[][] _quoted;
    private readonly byte[] _initials;

    /// <param name="names">The names, of not more than four first letters.</param>
    public JsonNames(params ReadOnlySpan<string> names)
    {
        _quoted = new byte[names.Length][];
        for (var i = 0; i < names.Length; i++)
        {
            _quoted[i] = [Quote, .. System.Text.Encoding.ASCII.GetBytes(names[i]), Quote];
        }

        _initials = [.. _quoted.Select(static name => name[1]).Distinct()];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_initials.Length, MostInitials, nameof(names));
        Array.Resize(ref _initials, MostInitials);
    }

    /// <summary>
    /// Tells whether any of the properties is there with a value: not null or false, and neither an empty string nor an empty
    /// array.
    /// </summary>
    public bool AnyHasValue(ReadOnlySpan<byte> json)
    {
        // Two bytes are looked at for each at which a name could begin.
        var last = json.Length - Vector<byte>.Count - 1;
        if (last < 0)
        {
            return AnyHasValueInShort(json);
        }

        ref var start = ref MemoryMarshal.GetReference(json);
        var (first, second) = (new Vector<byte>(_initials[0]), new Vector<byte>(_initials[1]));
        var (third, fourth) = (new Vector<byte>(_initials[2]), new Vector<byte>(_initials[3]));
        var (quote, backslash, u) = (new Vector<byte>(Quote), new Vector<byte>(Backslash), new Vector<byte>((byte)'u'));
        for (var at = 0; ; at = Math.Min(at + Vector<byte>.Count, last))
        {
            var (bytes, next) = (Vector.LoadUnsafe(ref start, (nuint)at), Vector.LoadUnsafe(ref start, (nuint)at + 1));
            var isInitial = Vector.Equals(next, first) | Vector.Equals(next, second)
                | Vector.Equals(next, third) | Vector.Equals(next, fourth);
            var isCandidate = (Vector.Equals(bytes, quote) & isInitial)
                | (Vector.Equals(bytes, backslash) & Vector.Equals(next, u));
            for (var bits = BitsOf(isCandidate); bits != 0; bits &= bits - 1)
            {
                if (HasValue(json[(at + BitOperations.TrailingZeroCount(bits))..]))
                {
                    return true;
                }
            }

            if (at == last)
            {
                return false;
            }
        }
    }

    private static ulong BitsOf(Vector<byte> found) => Vector<byte>.Count switch
    {
        16 => found.AsVector128().ExtractMostSignificantBits(),
        32 => found.AsVector256().ExtractMostSignificantBits(),
        _ => found.AsVector512().ExtractMostSignificantBits(),
    };

    // Nobody escapes a letter, but who does may so have written any name.
    private static bool IsEscapedLetter(ReadOnlySpan<byte> json) =>
        json is [Backslash, (byte)'u', (byte)'0', (byte)'0', >= (byte)'4' and <= (byte)'7', ..];

    private bool AnyHasValueInShort(ReadOnlySpan<byte> json)
    {
        for (; !json.IsEmpty; json = json[1..])
        {
            if (HasValue(json))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasValue(ReadOnlySpan<byte> json)
    {
        foreach (var name in _quoted)
        {
            // The letter first, which most often decides.
            if (json.Length > name.Length && json[1] == name[1] && json.StartsWith(name))
            {
                return JsonSearch.StartsWithValue(json[name.Length..]);
            }
        }

        return IsEscapedLetter(json);
    }
}
