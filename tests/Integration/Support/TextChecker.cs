using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Every string and name in an item: valid text, and no longer than Sentry shows, content aside.</summary>
internal static class TextChecker
{
    private const int MaxCharacters = 8192;

    public static void Check(JsonElement element, string path, DeviationList deviations)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                CheckText(element, path, deviations);
                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in element.EnumerateArray().Index())
                {
                    Check(item, $"{path}[{index}]", deviations);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    Check(member.Value, $"{path}.{member.Name}", deviations);
                }

                break;
            default:
                break;
        }
    }

    private static void CheckText(JsonElement element, string path, DeviationList deviations)
    {
        try
        {
            var text = element.GetString()!;
            deviations.Require(
                text.Length <= MaxCharacters || IsContent(path), $"{path} has {text.Length} characters, at most {MaxCharacters}.");
        }
        catch (InvalidOperationException)
        {
            // An escape of half a surrogate pair: valid JSON, but no text.
            deviations.Add($"{path} is no valid text: {element.GetRawText()}");
        }
    }

    // Conversations go whole or not at all.
    private static bool IsContent(string path) =>
        path.Contains(".gen_ai.", StringComparison.Ordinal)
        && (path.Contains("messages", StringComparison.Ordinal) || path.Contains(".tool.", StringComparison.Ordinal)
            || path.Contains("response.text", StringComparison.Ordinal) || path.Contains("instructions", StringComparison.Ordinal));
}
