namespace LlmTracing;

/// <summary>
/// Estimates the tokens of text where a provider does not report them, if
/// <see cref="LlmTracingOptions.EstimateMissingUsage"/> is on. Register one to replace <see cref="UnicodeTokenEstimator"/>.
/// </summary>
/// <remarks>One estimator serves all streams at once. If it throws, the call has no estimate.</remarks>
public interface ITokenEstimator
{
    /// <summary>Begins with a text of which nothing is known yet.</summary>
    /// <param name="model">The model asked for, if the app said so: models count differently.</param>
    /// <returns>What counts that one text.</returns>
    ITokenEstimate Begin(string? model);
}
