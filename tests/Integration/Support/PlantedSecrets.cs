using System.Net.Http.Headers;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>
/// What users and apps entrust to a service, with a mark in each: the tests' clients send it with every request, to the apps
/// and to the providers. The ingests, collectors and logs of every test look for the mark, and none may ever see it.
/// </summary>
internal static class PlantedSecrets
{
    public const string Mark = "pl4nted";
    public const string Prompt = $"My password is {Mark}-prompt.";
    public const string ApiKey = $"sk-{Mark}-api-key";

    /// <summary>Gets the headers that a client's requests carry.</summary>
    public static IReadOnlyList<(string Name, string Value)> Headers { get; } =
    [
        ("Authorization", $"Bearer {Mark}-bearer-token"),
        ("Cookie", $"session={Mark}-cookie"),
        ("X-Api-Key", ApiKey),
    ];

    public static void AddTo(HttpRequestHeaders headers)
    {
        foreach (var (name, value) in Headers)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>Tells where the mark stands in a text, with what is around it; null where it does not.</summary>
    public static string? FindIn(string text) =>
        text.IndexOf(Mark, StringComparison.OrdinalIgnoreCase) is var at and >= 0
            ? text[Math.Max(0, at - 80)..Math.Min(text.Length, at + 40)]
            : null;
}
