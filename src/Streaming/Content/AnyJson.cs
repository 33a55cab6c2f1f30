using System.Text.Json;
using LlmTracing.Streaming.Telemetry;
using Microsoft.Extensions.AI;

namespace LlmTracing.Streaming.Content;

/// <summary>Gives what a tool is given or gives back, which can be any object, as text.</summary>
internal static class AnyJson
{
    // Those of the abstraction know its own types in a trimmed app, and any type in others.
    private static readonly JsonSerializerOptions Options = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <summary>Gives a text as it is, any other value as JSON, or null where it cannot be written.</summary>
    public static string? TextOf(object? value)
    {
        try
        {
            return value switch
            {
                null => null,
                string text => text,
                JsonElement { ValueKind: JsonValueKind.Undefined } => null,
                JsonElement element => element.GetRawText(),
                _ => Serialize(value),
            };
        }
        catch (Exception exception)
        {
            // The app's own types, and what they do when they are read.
            Log.TracingFailed(Log.For(CurrentRequest.Loggers), exception);
            return null;
        }
    }

    private static string Serialize(object value)
    {
        var type = value is IDictionary<string, object?> ? typeof(IDictionary<string, object?>) : value.GetType();
        return JsonSerializer.Serialize(value, Options.GetTypeInfo(type));
    }
}
