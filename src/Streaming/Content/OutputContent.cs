using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace LlmTracing.Streaming.Content;

/// <summary>Records what was answered, one message for each choice.</summary>
internal static class OutputContent
{
    /// <summary>Records the answer of a stream, as far as it came.</summary>
    public static void Set(Activity span, AnswerContent answer, in ChunkReading reading, bool isComplete)
    {
        var told = reading;
        var ofCalls = Enumerable.Range(0, told.ToolCalls.Count).Select(call => told.ChoiceOfToolCall(call));
        int[] choices = [.. answer.Choices.Union(ofCalls).Order()];
        if (choices.Length == 0)
        {
            return;
        }

        var budget = new ContentBudget(answer.Rules);
        var json = ContentJson.WriteArray(json =>
        {
            foreach (var choice in choices)
            {
                WriteChoice(json, choice, answer, told, isComplete, budget);
            }
        });
        span.SetTag(GenAiAttributes.OutputMessages, json);
        ContentCut.Mark(span, budget);
    }

    /// <summary>Writes an answer that came in one piece.</summary>
    public static string Write(IReadOnlyList<ChatMessage> answer, ContentBudget budget) => ContentJson.WriteArray(json =>
    {
        foreach (var message in answer.TakeWhile(_ => budget.HasRoom()))
        {
            MessageParts.WriteMessage(json, message, budget);
        }
    });

    private static void WriteChoice(
        Utf8JsonWriter json,
        int choice,
        AnswerContent answer,
        in ChunkReading reading,
        bool isComplete,
        ContentBudget budget)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, "assistant"u8);
        json.WriteStartArray("parts"u8);
        if (answer.TextOf(choice, isComplete, out var end) is { } text && budget.Take(text, end) is { } kept)
        {
            MessageParts.WriteKept(json, "text", kept);
        }

        for (var call = 0; call < reading.ToolCalls.Count; call++)
        {
            if (reading.ChoiceOfToolCall(call) == choice && budget.HasRoom())
            {
                WriteToolCall(json, reading.ToolCalls[call], answer, call, isComplete, budget);
            }
        }

        json.WriteEndArray();
        if ((reading.ReasonOf(choice) ?? (isComplete ? null : "error")) is { } reason)
        {
            json.WriteString("finish_reason"u8, TextCut.NameOf(reason));
        }

        json.WriteEndObject();
    }

    private static void WriteToolCall(
        Utf8JsonWriter json,
        LlmToolCall call,
        AnswerContent answer,
        int position,
        bool isComplete,
        ContentBudget budget)
    {
        var arguments = answer.ArgumentsOf(position, isComplete, out var end) is { } given
            ? budget.Take(ContentJson.WithoutNeedlessEscapes(given), end)
            : null;
        MessageParts.WriteToolCall(json, call.Id, call.Name, arguments, budget);
    }
}
