using System.Collections;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmTracing.Streaming.Telemetry;
using Microsoft.Extensions.AI;

namespace LlmTracing.Streaming.Content;

/// <summary>Records what a tool is given or gives back, which can be any object.</summary>
internal static class AnyJson
{
    // Those of the abstraction know its own types in a trimmed app, and any type in others.
    private static readonly JsonSerializerOptions Options = new(AIJsonUtilities.DefaultOptions)
    {
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Gives what may be recorded of a value: of a text as it is, of any other as JSON; null for nothing.</summary>
    public static string? Take(object? value, ContentBudget budget)
    {
        if (value is null || !budget.HasRoom())
        {
            return null;
        }

        if (value is string said)
        {
            return budget.Take(said);
        }

        return TextOf(value, budget.MostCharactersSeen, out var isWhole) is { } json
            ? budget.Take(ContentJson.WithoutNeedlessEscapes(json), isWhole ? TextEnd.Whole : TextEnd.Cut)
            : null;
    }

    /// <summary>Gives a value as JSON, as far as it is of use; null where it cannot be written.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mostCharacters">How much of it is of use.</param>
    /// <param name="isWhole">Whether it is all of it.</param>
    public static string? TextOf(object? value, int mostCharacters, out bool isWhole)
    {
        isWhole = true;
        if (value is null or JsonElement { ValueKind: JsonValueKind.Undefined } || IsLazy(value))
        {
            return null;
        }

        var utf8 = new CappedBuffer(mostCharacters);
        try
        {
            var type = value is IDictionary<string, object?> ? typeof(IDictionary<string, object?>) : value.GetType();
            using var json = new Utf8JsonWriter(utf8, new JsonWriterOptions { Encoder = Options.Encoder });
            JsonSerializer.Serialize(json, value, Options.GetTypeInfo(type));
        }
        catch (CappedBuffer.FullException)
        {
            isWhole = false;
        }
        catch (Exception exception)
        {
            // The app's own types, and what they do when they are read.
            Log.ContentFailed(Log.For(CurrentRequest.Loggers), exception);
            return null;
        }

        return Encoding.UTF8.GetString(utf8.Written);
    }

    // An iterator, or a query: it would be run for telemetry alone, perhaps once more, or for ever.
    private static bool IsLazy(object value) => value is IEnumerable and IEnumerator;
}
