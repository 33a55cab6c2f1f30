namespace LlmTracing.Streaming.Telemetry;

/// <summary>What to look at where a provider refuses.</summary>
internal static class RefusalCure
{
    /// <summary>Gives the cure as a sentence, or null for a status that has no usual one.</summary>
    public static string? Of(int status) => status switch
    {
        401 => "Check the key that the app gives the provider's client: it is missing, mistyped or revoked.",
        403 => "Check what the key may do: it is not allowed to use this model, or not from here.",
        404 => "Check the name of the model, and the address of the provider's client: one of them is not known there.",
        429 => "A limit of the account is reached: ask less often, or raise its limit or its credit with the provider.",
        _ => null,
    };
}
