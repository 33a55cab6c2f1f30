using System.Text.Json;

namespace LlmTracing.SentryExporter.Envelopes;

/// <summary>How the exporter introduces itself.</summary>
internal static class SentrySdkInfo
{
    public const string Name = "llmtracing.dotnet";

    public static string Version { get; } = typeof(SentrySdkInfo).Assembly.GetName().Version!.ToString(3);

    public static void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("sdk"u8);
        json.WriteString("name"u8, Name);
        json.WriteString("version"u8, Version);
        json.WriteEndObject();
    }
}
