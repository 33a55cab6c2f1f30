using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>Reads objects property by property. Each method that reads a value leaves the reader at its end.</summary>
internal static class JsonFields
{
    /// <summary>Goes to the next property of an object, or to the object's end.</summary>
    public static bool NextProperty(this ref Utf8JsonReader json) =>
        json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>Goes into the object that is the value of a property; any other value is passed over.</summary>
    public static bool EnterObject(this ref Utf8JsonReader json) => Enter(ref json, JsonTokenType.StartObject);

    /// <summary>Goes into the array that is the value of a property; any other value is passed over.</summary>
    public static bool EnterArray(this ref Utf8JsonReader json) => Enter(ref json, JsonTokenType.StartArray);

    /// <summary>Goes into the next object of an array, or to the array's end; any other element is passed over.</summary>
    public static bool NextObject(this ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType is not JsonTokenType.EndArray)
        {
            if (json.TokenType is JsonTokenType.StartObject)
            {
                return true;
            }

            json.Skip();
        }

        return false;
    }

    /// <summary>Passes over the value of a property.</summary>
    public static void SkipValue(this ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
    }

    /// <summary>Reads a count of tokens; null for what is none.</summary>
    public static long? ReadCount(this ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType is JsonTokenType.Number)
        {
            return json.TryGetInt64(out var count) && count >= 0 ? count : null;
        }

        json.Skip();
        return null;
    }

    /// <summary>Reads a text; null for an empty one and for what is none.</summary>
    /// <param name="json">The reader, at the property's name.</param>
    /// <param name="known">What it most probably is: then nothing is allocated for it.</param>
    public static string? ReadText(this ref Utf8JsonReader json, string? known = null)
    {
        json.Read();
        if (json.TokenType is not JsonTokenType.String)
        {
            json.Skip();
            return null;
        }

        if (known is not null && json.ValueTextEquals(known))
        {
            return known;
        }

        return json.ValueSpan.IsEmpty ? null : json.GetString();
    }

    /// <summary>Reads a text, or a number as one, as error codes are.</summary>
    public static string? ReadCode(this ref Utf8JsonReader json)
    {
        var value = json;
        value.Read();
        if (value.TokenType is not JsonTokenType.Number)
        {
            return json.ReadText();
        }

        json = value;
        return System.Text.Encoding.UTF8.GetString(json.ValueSpan);
    }

    /// <summary>Tells whether the value of a property is true.</summary>
    public static bool ReadIsTrue(this ref Utf8JsonReader json)
    {
        json.SkipValue();
        return json.TokenType is JsonTokenType.True;
    }

    /// <summary>Looks ahead for the index of an answer, which may stand behind what it is needed for.</summary>
    /// <param name="json">A copy of the reader, at the start of the answer's object.</param>
    /// <returns>The index, 0 where there is none.</returns>
    public static int FindIndex(Utf8JsonReader json)
    {
        while (json.NextProperty())
        {
            if (json.ValueTextEquals("index"u8))
            {
                return (int)Math.Min(json.ReadCount() ?? 0, int.MaxValue);
            }

            json.SkipValue();
        }

        return 0;
    }

    private static bool Enter(ref Utf8JsonReader json, JsonTokenType start)
    {
        json.Read();
        if (json.TokenType == start)
        {
            return true;
        }

        json.Skip();
        return false;
    }
}
