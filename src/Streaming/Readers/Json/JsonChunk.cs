using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>One chunk of a stream as JSON.</summary>
internal static class JsonChunk
{
    // What a provider nests is not for us to limit: what is deep is passed over. Beyond this it is no answer any more.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 4096 };

    /// <summary>Tells whether it is an object and well-formed throughout: of one that is not, nothing may count.</summary>
    /// <param name="utf8">The chunk.</param>
    /// <param name="type">The <c>type</c> of the object, as it stands there; empty where it has none.</param>
    public static bool IsObject(ReadOnlySpan<byte> utf8, out ReadOnlySpan<byte> type)
    {
        type = default;
        if (utf8 is not [(byte)'{', ..])
        {
            return false;
        }

        var json = new Utf8JsonReader(utf8, Options);
        json.Read();
        while (json.NextProperty())
        {
            var isType = json.ValueTextEquals("type"u8);
            json.SkipValue();
            if (isType && json.TokenType is JsonTokenType.String)
            {
                type = json.ValueSpan;
            }
        }

        // It throws where anything follows.
        return !json.Read();
    }

    /// <summary>Gives a reader that has entered the chunk's object.</summary>
    public static Utf8JsonReader Enter(ReadOnlySpan<byte> utf8)
    {
        var json = new Utf8JsonReader(utf8, Options);
        json.Read();
        return json;
    }

    /// <summary>Gives the chunk without a byte order mark and without the white space around it.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> utf8)
    {
        if (utf8 is [(byte)'{', .., (byte)'}'])
        {
            // As nearly all are.
            return utf8;
        }

        if (utf8 is [0xEF, 0xBB, 0xBF, ..])
        {
            utf8 = utf8[3..];
        }

        return utf8.Trim(" \t\r\n"u8);
    }
}
