using System.Text.Json;
using System.Text.RegularExpressions;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>What a strict checker found wrong, one plain sentence each, in the order found.</summary>
internal sealed class DeviationList
{
    private readonly List<string> _sentences = [];

    public IReadOnlyList<string> Sentences => _sentences;

    public void Add(string sentence) => _sentences.Add(sentence);

    public bool Require(bool holds, string sentence)
    {
        if (!holds)
        {
            _sentences.Add(sentence);
        }

        return holds;
    }

    public void RequireText(JsonElement value, string path) =>
        Require(!string.IsNullOrEmpty(value.AsText()), $"{path} must be a non-empty string, was {value.Shown()}.");

    public bool RequireMatch(JsonElement value, string path, Regex pattern, string meaning) =>
        Require(
            value.AsText() is { } text && pattern.IsMatch(text),
            $"{path} must be {meaning}, was {value.Shown()}.");

    public void RequireEqual(JsonElement value, string path, string expected) =>
        Require(value.AsText() == expected, $"{path} must be \"{expected}\", was {value.Shown()}.");
}
