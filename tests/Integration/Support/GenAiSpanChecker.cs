using System.Text.Json;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>What a span of AI work must say for Sentry to count and price it.</summary>
internal static class GenAiSpanChecker
{
    private const string OpPrefix = "gen_ai.";

    public static void Check(JsonElement span, string path, DeviationList deviations)
    {
        var data = span.At("data");
        var isAi = span.At("op").AsText()?.StartsWith(OpPrefix, StringComparison.Ordinal) is true;
        if (!isAi && !data.Has(GenAiKeys.Operation))
        {
            return;
        }

        CheckOp(span, path, deviations);
        CheckName(span, path, deviations);
        CheckFinishReasons(data.At(GenAiKeys.FinishReasons), path, deviations);
        TokenChecker.Check(data, $"{path}.data", deviations);
    }

    private static void CheckOp(JsonElement span, string path, DeviationList deviations)
    {
        var data = span.At("data");
        var operation = data.At(GenAiKeys.Operation).AsText();
        deviations.RequireText(data.At(GenAiKeys.Operation), $"{path}.data.{GenAiKeys.Operation}");

        // Sentry knows no workflow, and would count an unknown operation as a model call.
        var known = operation == "invoke_workflow" ? "invoke_agent" : operation;
        deviations.RequireEqual(span.At("op"), $"{path}.op", OpPrefix + known);

        if (operation == "invoke_workflow")
        {
            deviations.RequireText(data.At(GenAiKeys.Pipeline), $"{path}.data.{GenAiKeys.Pipeline}");
        }
    }

    private static void CheckName(JsonElement span, string path, DeviationList deviations)
    {
        var data = span.At("data");
        var operation = data.At(GenAiKeys.Operation).AsText();
        if (GenAiKeys.IsModelCall(operation))
        {
            deviations.RequireText(data.At(GenAiKeys.Provider), $"{path}.data.{GenAiKeys.Provider}");
            deviations.RequireText(data.At(GenAiKeys.RequestModel), $"{path}.data.{GenAiKeys.RequestModel}");
            deviations.RequireText(data.At(GenAiKeys.ResponseModel), $"{path}.data.{GenAiKeys.ResponseModel}");
            RequireName(span, path, $"{operation} {data.At(GenAiKeys.RequestModel).AsText()}", deviations);
        }
        else if (operation == "execute_tool")
        {
            deviations.RequireText(data.At(GenAiKeys.Tool), $"{path}.data.{GenAiKeys.Tool}");
            RequireName(span, path, $"{operation} {data.At(GenAiKeys.Tool).AsText()}", deviations);
        }
    }

    private static void RequireName(JsonElement span, string path, string name, DeviationList deviations) =>
        deviations.RequireEqual(span.At("description"), $"{path}.description", name);

    private static void CheckFinishReasons(JsonElement reasons, string path, DeviationList deviations)
    {
        if (reasons.AsText() is { } json)
        {
            deviations.Require(
                IsArrayOfStrings(json),
                $"{path}.data.{GenAiKeys.FinishReasons} must be a JSON array of strings, was {reasons.Shown()}.");
        }
    }

    private static bool IsArrayOfStrings(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(json)?.All(reason => reason is not null) is true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
