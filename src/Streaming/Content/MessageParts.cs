using System.Text.Json;
using Microsoft.Extensions.AI;

namespace LlmTracing.Streaming.Content;

/// <summary>Writes the contents of messages in the form of the conventions, one part each.</summary>
/// <remarks>https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-input-messages.json</remarks>
internal static class MessageParts
{
    // What a message and each of its parts take that say nothing: the names in their JSON.
    private const int Frame = 16;

    public static void WriteMessage(Utf8JsonWriter json, ChatMessage message, ContentBudget budget)
    {
        json.WriteStartObject();
        budget.Charge(Frame);
        WriteName(json, "role", message.Role.Value, budget);
        json.WriteStartArray("parts"u8);
        foreach (var content in message.Contents.TakeWhile(_ => budget.HasRoom()))
        {
            budget.Charge(Frame);
            Write(json, content, budget);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string type, string? text, ContentBudget budget)
    {
        if (!string.IsNullOrEmpty(text) && budget.Take(text) is { } kept)
        {
            WriteKept(json, type, kept);
        }
    }

    public static void WriteKept(Utf8JsonWriter json, string type, string kept)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString("content"u8, kept);
        json.WriteEndObject();
    }

    public static void WriteToolCall(
        Utf8JsonWriter json, string? id, string? name, string? arguments, ContentBudget budget)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_call"u8);
        WriteName(json, "id", id, budget);
        WriteName(json, "name", name, budget);
        if (arguments is not null)
        {
            json.WriteJsonOrText("arguments", arguments);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, AIContent content, ContentBudget budget)
    {
        switch (content)
        {
            case TextContent text:
                WriteText(json, "text", text.Text, budget);
                break;
            case TextReasoningContent thought:
                WriteText(json, "reasoning", thought.Text, budget);
                break;
            case FunctionCallContent call:
                WriteToolCall(json, call.CallId, call.Name, AnyJson.Take(call.Arguments, budget), budget);
                break;
            case FunctionResultContent result:
                WriteToolResult(json, result, budget);
                break;
            case DataContent data:
                WriteMedium(json, "blob", data.MediaType, null, budget);
                break;
            case UriContent uri:
                WriteMedium(json, "uri", uri.MediaType, budget.Take(uri.Uri.OriginalString), budget);
                break;
        }
    }

    private static void WriteToolResult(Utf8JsonWriter json, FunctionResultContent result, ContentBudget budget)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_call_response"u8);
        WriteName(json, "id", result.CallId, budget);
        if (AnyJson.Take(result.Result, budget) is not { } kept)
        {
            json.WriteNull("response"u8);
        }
        else if (result.Result is string)
        {
            // As it is: text that happens to be JSON stays text.
            json.WriteString("response"u8, kept);
        }
        else
        {
            json.WriteJsonOrText("response", kept);
        }

        json.WriteEndObject();
    }

    // Of images, sounds and files only that they were there: their bytes are no text that could be cut or redacted.
    private static void WriteMedium(
        Utf8JsonWriter json, string type, string? mediaType, string? uri, ContentBudget budget)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        WriteName(json, "mime_type", mediaType?.Split(';')[0], budget);
        WriteName(json, "modality", mediaType?.Split('/')[0], budget);
        if (uri is not null)
        {
            json.WriteString("uri"u8, uri);
        }

        json.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter json, string property, string? value, ContentBudget budget)
    {
        if (value is not null)
        {
            var name = TextCut.NameOf(value.AsSpan());
            budget.Charge(name.Length);
            json.WriteString(property, name);
        }
    }
}
