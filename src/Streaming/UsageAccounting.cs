using LlmTracing.Streaming.Accounts;
using LlmTracing.Streaming.Telemetry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmTracing;

/// <summary>
/// Prices what the calls of one host used, and estimates what was not reported, as its options say.
/// <c>AddLlmTracing()</c> registers it.
/// </summary>
public sealed class UsageAccounting
{
    private readonly LlmTracingOptions _options;
    private readonly PriceTable _prices;
    private readonly ITokenEstimator _estimator;

    /// <summary>Makes the accounting of a host.</summary>
    /// <param name="options">The host's options; they are read once.</param>
    /// <param name="estimator">The app's own estimator, if it has registered one.</param>
    public UsageAccounting(IOptions<LlmTracingOptions> options, ITokenEstimator? estimator = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _estimator) = (options.Value, estimator ?? new UnicodeTokenEstimator());
        _prices = new PriceTable(_options.Pricing);
    }

    /// <summary>Gets the accounting where no host is known: it takes what is reported, and no more.</summary>
    internal static UsageAccounting None { get; } = new(Options.Create(new LlmTracingOptions()));

    internal static UsageAccounting? Of(IServiceProvider? requestServices) => requestServices?.GetService<UsageAccounting>();

    /// <summary>Gets a value indicating whether it does more than take what is reported.</summary>
    internal bool IsWanted => _options.EstimateMissingUsage || !_prices.IsEmpty;

    /// <summary>Begins to estimate an answer, where that is wanted.</summary>
    internal EstimatedAnswer? BeginEstimate(LlmCall call, ILoggerFactory loggers) =>
        _options.EstimateMissingUsage ? new EstimatedAnswer(_estimator, call.Model, loggers) : null;

    /// <summary>Settles what a call used.</summary>
    /// <param name="call">The call.</param>
    /// <param name="model">The model that answered, if it is known.</param>
    /// <param name="told">The tokens that the provider reported.</param>
    /// <param name="isWhole">Whether the answer was read to its end, so that no report is missing.</param>
    /// <param name="answer">The estimate of the answer, if there is one.</param>
    /// <param name="loggers">Where a fault of the app's estimator is said.</param>
    internal CallUsage Settle(
        LlmCall call, string? model, in LlmUsage told, bool isWhole, EstimatedAnswer? answer, ILoggerFactory loggers)
    {
        var usage = told.Clamped();
        var input = usage.InputTokens is null ? EstimateInput(call, loggers) : null;
        var output = usage.OutputTokens is null ? answer?.Tokens : null;
        var source = usage.IsEmpty ? null : isWhole ? "provider" : "partial";
        if (_options.EstimatesAsUsage && (input ?? output) is not null)
        {
            usage = usage.UpdatedBy(new LlmUsage(input, output)).Clamped();
            source = CallUsage.Estimated;
        }

        var price = usage.IsEmpty ? null : _prices.Find(model, call.Model);
        return new(usage, source, input, output, price is null ? null : CallCost.Of(usage, price));
    }

    private long? EstimateInput(LlmCall call, ILoggerFactory loggers)
    {
        if (!_options.EstimateMissingUsage || (call.Instructions is null && call.Messages is not { Count: > 0 }))
        {
            return null;
        }

        try
        {
            return InputTextsOf(call).Sum(text =>
            {
                var estimate = _estimator.Begin(call.Model);
                estimate.Append(text);
                return estimate.Tokens;
            });
        }
        catch (Exception exception)
        {
            // The app's own estimator.
            Log.ContentFailed(Log.For(loggers), exception);
            return null;
        }
    }

    // Each for itself: a word of one does not go on in the next.
    private static IEnumerable<string> InputTextsOf(LlmCall call)
    {
        var texts = (call.Messages ?? [])
            .SelectMany(static message => message.Contents)
            .OfType<TextContent>()
            .Select(static content => content.Text);
        return call.Instructions is { } instructions ? texts.Prepend(instructions) : texts;
    }
}
