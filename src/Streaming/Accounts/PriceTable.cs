using System.IO.Enumeration;

namespace LlmTracing.Streaming.Accounts;

/// <summary>Finds the price of a model: of the patterns that match its name, the most specific one's.</summary>
internal sealed class PriceTable(IEnumerable<ModelPrice> prices)
{
    // A name without wildcards first, then by how much of the name is written out; of equals the earlier one.
    private readonly ModelPrice[] _prices =
    [
        .. prices.OrderBy(static price => price.Model.AsSpan().ContainsAny('*', '?'))
            .ThenByDescending(static price => price.Model.Length - price.Model.Count(static c => c is '*' or '?')),
    ];

    public bool IsEmpty => _prices.Length == 0;

    /// <summary>
    /// Gives the price of the model that answered, else of the one asked for: a deployment of the app's, say.
    /// </summary>
    public ModelPrice? Find(string? answered, string? asked) => Find(answered) ?? Find(asked);

    private ModelPrice? Find(string? model)
    {
        if (model is null)
        {
            return null;
        }

        foreach (var price in _prices)
        {
            if (FileSystemName.MatchesSimpleExpression(price.Model, model, ignoreCase: true))
            {
                return price;
            }
        }

        return null;
    }
}
