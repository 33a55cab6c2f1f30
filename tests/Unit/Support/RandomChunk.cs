using System.Text;

namespace LlmTracing.Tests.Unit.Support;

/// <summary>Makes chunks of a dialect with any of its fields in any order and form, and their names in text too.</summary>
internal static class RandomChunk
{
    private const string Text = "\"%\"";

    private static readonly string[] Words =
        ["Hi", "\\\"usage\\\":{", "finish_reason", "\\\"error\\\":1", "\\u00e9", "\\n\\\"", "é", "\\\\", "name", "done", ""];

    public static string Next(Random random, LlmDialect dialect) => dialect switch
    {
        LlmDialect.OpenAIChat => Object(
            random,
            ("id", Text),
            ("choices", "[" + Object(
                random,
                ("index", random.Next(2).ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ("delta", Object(
                    random,
                    ("content", Text),
                    ("function_call", Object(random, ("name", Text), ("arguments", Text))),
                    ("tool_calls", "[" + Object(random, ("id", Text), ("function", Object(random, ("name", Text)))) + "]"))),
                ("finish_reason", Text)) + "]"),
            ("usage", Object(random, ("prompt_tokens", "7"), ("completion_tokens", "3"))),
            ("error", Object(random, ("message", Text), ("type", Text)))),
        LlmDialect.Gemini => Object(
            random,
            ("candidates", "[" + Object(
                random,
                ("content", Object(random, ("parts", "[" + Object(
                    random, ("text", Text), ("functionCall", Object(random, ("name", Text), ("id", Text)))) + "]"))),
                ("finishReason", Text)) + "]"),
            ("usageMetadata", Object(random, ("promptTokenCount", "7"), ("candidatesTokenCount", "3"))),
            ("promptFeedback", Object(random, ("blockReason", Text))),
            ("error", Object(random, ("message", Text), ("status", Text)))),
        _ => Object(
            random,
            ("message", Object(
                random,
                ("content", Text),
                ("tool_calls", "[" + Object(random, ("function", Object(random, ("name", Text)))) + "]"))),
            ("done", random.Next(2) == 0 ? "true" : "false"),
            ("done_reason", Text),
            ("eval_count", "3"),
            ("error", Text)),
    };

    private static string Object(Random random, params (string Name, string Value)[] properties)
    {
        random.Shuffle(properties);
        var json = new StringBuilder("{");
        foreach (var (name, value) in properties.Where(_ => random.Next(3) > 0))
        {
            json.Append(json.Length > 1 ? "," : "").Append(Space(random)).Append('"').Append(Name(random, name)).Append('"')
                .Append(Space(random)).Append(':').Append(Space(random)).Append(Value(random, value));
        }

        return json.Append(Space(random)).Append('}').ToString();
    }

    private static string Space(Random random) => random.Next(4) == 0 ? " " : "";

    private static string Name(Random random, string name) =>
        random.Next(20) == 0 ? $"\\u{(int)name[0]:x4}{name[1..]}" : name;

    private static string Value(Random random, string value) => random.Next(4) switch
    {
        0 => "null",
        _ when value == Text => $"\"{Words[random.Next(Words.Length)]}{Words[random.Next(Words.Length)]}\"",
        _ => value,
    };
}
