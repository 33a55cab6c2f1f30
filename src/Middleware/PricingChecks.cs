using Microsoft.Extensions.Options;

namespace LlmTracing.Middleware;

/// <summary>Finds the prices that cannot be.</summary>
internal static class PricingChecks
{
    public static void Add(ValidateOptionsResultBuilder problems, IList<ModelPrice> prices)
    {
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < prices.Count; i++)
        {
            var (price, entry) = (prices[i], $"{nameof(LlmTracingOptions.Pricing)}[{i}]");
            if (string.IsNullOrWhiteSpace(price?.Model))
            {
                problems.AddError("must name a model, or a pattern of models.", $"{entry}.{nameof(price.Model)}");
                continue;
            }

            if (!known.Add(price.Model))
            {
                problems.AddError($"{price.Model} is there twice.", $"{entry}.{nameof(price.Model)}");
            }

            Check(price.Input, nameof(price.Input));
            Check(price.Output, nameof(price.Output));
            Check(price.CachedInput, nameof(price.CachedInput));
            Check(price.CacheWrite, nameof(price.CacheWrite));
            Check(price.Reasoning, nameof(price.Reasoning));

            void Check(double? value, string name)
            {
                if (value is { } set && !(set >= 0 && double.IsFinite(set)))
                {
                    problems.AddError($"of {price.Model} must be 0 or more, was {set}.", $"{entry}.{name}");
                }
            }
        }
    }
}
