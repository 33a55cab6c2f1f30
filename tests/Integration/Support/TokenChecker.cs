using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>Token counts that add up: a part larger than its whole gives a negative price.</summary>
internal static class TokenChecker
{
    private static readonly (string Part, string Whole)[] Subsets =
    [
        (GenAiKeys.CacheReadTokens, GenAiKeys.InputTokens),
        (GenAiKeys.CacheWriteTokens, GenAiKeys.InputTokens),
        (GenAiKeys.ReasoningTokens, GenAiKeys.OutputTokens),
    ];

    public static void Check(JsonElement data, string path, DeviationList deviations)
    {
        foreach (var member in data.Members().Where(IsTokenCount))
        {
            deviations.Require(
                SentryFormats.Count.IsMatch(member.Value.GetRawText()),
                $"{path} must have an integer of 0 or more as {member.Name}, was {member.Value.Shown()}.");
        }

        foreach (var (part, whole) in Subsets)
        {
            deviations.Require(
                !(data.At(part).AsNumber() > data.At(whole).AsNumber()),
                $"{path} has {part} = {data.At(part).Shown()}, more than {whole} = {data.At(whole).Shown()}.");
        }

        CheckTotal(data, path, deviations);
    }

    private static bool IsTokenCount(JsonProperty member) =>
        member.Name.StartsWith(GenAiKeys.Usage, StringComparison.Ordinal);

    private static void CheckTotal(JsonElement data, string path, DeviationList deviations)
    {
        var sum = data.At(GenAiKeys.InputTokens).AsNumber() + data.At(GenAiKeys.OutputTokens).AsNumber();
        var total = data.At(GenAiKeys.TotalTokens).AsNumber();
        deviations.Require(
            sum is null || total is null || sum == total,
            $"{path} has {GenAiKeys.TotalTokens} = {total}, but input and output are {sum}.");
    }
}
