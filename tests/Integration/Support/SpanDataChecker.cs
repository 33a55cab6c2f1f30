using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>The attributes of a span or transaction: types, forbidden keys, aliases for older servers.</summary>
internal static class SpanDataChecker
{
    public static void Check(JsonElement data, string path, DeviationList deviations)
    {
        deviations.Require(
            data.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined,
            $"{path} must be an object, was {data.Shown()}.");

        foreach (var member in data.Members())
        {
            CheckMember(member, path, deviations);
        }

        foreach (var (name, alias) in GenAiKeys.EqualAliases.Where(pair => data.Has(pair.Key)))
        {
            var (value, repeated) = (data.At(name), data.At(alias));
            deviations.Require(
                data.Has(alias) && JsonElement.DeepEquals(value, repeated),
                $"{path} has {name} = {value.Shown()}, so {alias} must be the same, was {repeated.Shown()}.");
        }

        foreach (var (name, alias) in GenAiKeys.ReshapedAliases.Where(pair => data.Has(pair.Key)))
        {
            deviations.Require(
                data.At(alias).ValueKind == JsonValueKind.String,
                $"{path} has {name}, so {alias} must be a string, was {data.At(alias).Shown()}.");
        }
    }

    private static void CheckMember(JsonProperty member, string path, DeviationList deviations)
    {
        deviations.Require(!GenAiKeys.IsForbidden(member.Name), $"{path} must not have {member.Name}.");
        deviations.Require(
            member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number
                or JsonValueKind.True or JsonValueKind.False,
            $"{path} must have a primitive as {member.Name}, was {member.Value.Shown()}.");
    }
}
