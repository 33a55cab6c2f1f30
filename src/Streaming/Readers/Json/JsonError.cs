using System.Text.Json;

namespace LlmTracing.Streaming.Readers.Json;

/// <summary>An error as it is read, property by property.</summary>
internal struct JsonError
{
    public string? Type { get; private set; }

    public string? Code { get; private set; }

    public string? Status { get; private set; }

    public string? Message { get; private set; }

    /// <summary>Reads the value of a property: an object, or the message alone.</summary>
    /// <returns>Whether there is an error.</returns>
    public bool Read(ref Utf8JsonReader json)
    {
        var value = json;
        value.Read();
        if (value.TokenType is JsonTokenType.String)
        {
            Message = json.ReadText();
            return Message is not null;
        }

        if (!json.EnterObject())
        {
            return false;
        }

        while (json.NextProperty())
        {
            if (!ReadProperty(ref json))
            {
                json.SkipValue();
            }
        }

        return true;
    }

    /// <summary>Reads the property that the reader is at, if it is one of an error's.</summary>
    public bool ReadProperty(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("type"u8))
        {
            Type = json.ReadText();
        }
        else if (json.ValueTextEquals("code"u8))
        {
            Code = json.ReadCode();
        }
        else if (json.ValueTextEquals("status"u8))
        {
            Status = json.ReadCode();
        }
        else if (json.ValueTextEquals("message"u8))
        {
            Message = json.ReadText();
        }
        else
        {
            return false;
        }

        return true;
    }
}
