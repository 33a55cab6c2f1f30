using LlmTracing.Streaming.Readers;
using LlmTracing.Streaming.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Streaming.Accounts;

/// <summary>Estimates the tokens of an answer as its text passes by. Nothing of the text is kept here.</summary>
internal sealed class EstimatedAnswer(ITokenEstimator estimator, string? model, ILoggerFactory loggers) : IAnswerText
{
    // No provider gives more answers to one question; of any above it is not worth keeping them apart.
    private const int MostChoices = 128;

    // One for each answer: their pieces come in any order, and a word of one does not go on in another.
    private readonly List<ITokenEstimate?> _answers = [];
    private bool _hasFailed;

    /// <summary>Gets the tokens of all answers so far; null where there is no text, or its estimator has failed.</summary>
    public long? Tokens { get; private set; }

    public void Append(int choice, ReadOnlySpan<char> text)
    {
        if (_hasFailed || text.IsEmpty)
        {
            return;
        }

        try
        {
            var answer = AnswerOf(Math.Clamp(choice, 0, MostChoices - 1));
            var before = answer.Tokens;
            answer.Append(text);
            Tokens = (Tokens ?? 0) + answer.Tokens - before;
        }
        catch (Exception exception)
        {
            // The app's own estimator: what else the chunks tell is read all the same.
            (_hasFailed, Tokens) = (true, null);
            Log.ContentFailed(Log.For(loggers), exception);
        }
    }

    private ITokenEstimate AnswerOf(int choice)
    {
        while (_answers.Count <= choice)
        {
            _answers.Add(null);
        }

        return _answers[choice] ??= estimator.Begin(model);
    }
}
