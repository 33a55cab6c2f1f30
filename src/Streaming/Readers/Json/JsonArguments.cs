using System.Buffers;
using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Hands over the arguments of tool calls, which some providers send as an object and some as pieces of its text.</summary>
internal static class JsonArguments
{
    /// <summary>Passes over the value of a property, and keeps where it stands if it is looked for.</summary>
    public static void SkipToValue(this ref Utf8JsonReader json, bool isLookedFor, ref Utf8JsonReader value)
    {
        json.Read();
        value = isLookedFor ? json : value;
        json.Skip();
    }

    /// <summary>Hands over the value that a reader is at; nothing where it is at none.</summary>
    public static void Append(Utf8JsonReader value, int? number, int choice, ref ChunkReading reading)
    {
        if (!reading.WantsArguments)
        {
            return;
        }

        if (value.TokenType is JsonTokenType.StartObject)
        {
            using var arguments = JsonDocument.ParseValue(ref value);
            reading.AppendArguments(arguments.RootElement.GetRawText(), number, choice);
        }
        else if (value.TokenType is JsonTokenType.String && !value.ValueIsEscaped)
        {
            reading.AppendArguments(value.ValueSpan, number, choice);
        }
        else if (value.TokenType is JsonTokenType.String)
        {
            var buffer = ArrayPool<char>.Shared.Rent(value.ValueSpan.Length);
            var length = JsonAnswerText.Unescape(value.ValueSpan, buffer);
            reading.AppendArguments(buffer.AsSpan(0, length), number, choice);
            ArrayPool<char>.Shared.Return(buffer);
        }
    }
}
