using System.Text.Json;
using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>Writes the exceptions of an error event, causes first, each stack from its outermost call inwards.</summary>
internal static class ExceptionWriter
{
    private const string Mechanism = "llm_tracing";
    private const int MostNameCharacters = 512;

    public static void Write(Utf8JsonWriter json, FinishedError error, bool isHandled, bool withFrames)
    {
        var exceptions = error.Exceptions is [_, ..]
            ? error.Exceptions
            : [new FinishedFault(Guid.Empty, error.Type ?? "Exception", error.Message ?? "")];
        json.WriteStartArray("values"u8);
        for (var i = exceptions.Count - 1; i >= 0; i--)
        {
            json.WriteStartObject();
            WriteException(json, exceptions[i]);
            WriteMechanism(json, exceptions, i, isHandled);
            if (withFrames && exceptions[i].Frames.Count > 0)
            {
                WriteStack(json, exceptions[i].Frames);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteException(Utf8JsonWriter json, FinishedFault exception)
    {
        json.WriteString("type"u8, SentryText.Cut(exception.Type, MostNameCharacters));
        json.WriteString("value"u8, SentryText.Cut(exception.Message));
        WriteName(json, "module"u8, exception.Assembly);
    }

    // Ids count from the one that was thrown, which alone says whether it was handled.
    private static void WriteMechanism(
        Utf8JsonWriter json, IReadOnlyList<FinishedFault> exceptions, int index, bool isHandled)
    {
        json.WriteStartObject("mechanism"u8);
        json.WriteString("type"u8, index == 0 ? Mechanism : "chained");
        if (index == 0)
        {
            json.WriteBoolean("handled"u8, isHandled);
        }

        json.WriteNumber("exception_id"u8, index);
        if (exceptions[index].CauseOf is { } outer)
        {
            json.WriteNumber("parent_id"u8, outer);
        }

        json.WriteEndObject();
    }

    private static void WriteStack(Utf8JsonWriter json, IReadOnlyList<FinishedFrame> frames)
    {
        json.WriteStartObject("stacktrace"u8);
        json.WriteStartArray("frames"u8);
        for (var i = frames.Count - 1; i >= 0; i--)
        {
            WriteFrame(json, frames[i]);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFrame(Utf8JsonWriter json, FinishedFrame frame)
    {
        json.WriteStartObject();
        WriteName(json, "function"u8, frame.Function);
        WriteName(json, "module"u8, frame.Module);
        WriteName(json, "package"u8, frame.Assembly);
        if (frame.File is { } file)
        {
            // The symbols of another system may have its separators.
            WriteName(json, "filename"u8, file[(file.LastIndexOfAny(['/', '\\']) + 1)..]);
            WriteName(json, "abs_path"u8, file);
        }

        if (frame.Line is { } line)
        {
            json.WriteNumber("lineno"u8, line);
        }

        json.WriteBoolean("in_app"u8, InApp.Is(frame));
        json.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter json, ReadOnlySpan<byte> key, string? name)
    {
        if (!string.IsNullOrEmpty(name))
        {
            json.WriteString(key, SentryText.Cut(name, MostNameCharacters));
        }
    }
}
