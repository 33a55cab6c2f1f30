namespace SseChatApi.Demo;

/// <summary>Ranks documents by the words they share with a question (Okapi BM25).</summary>
internal sealed class Bm25Index
{
    // The usual values: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
    private const double TermSaturation = 1.2;
    private const double LengthNormalization = 0.75;

    private readonly Dictionary<string, List<(int Document, int Count)>> _postings = new(StringComparer.Ordinal);
    private readonly int[] _lengths;
    private readonly double _averageLength;

    /// <summary>Indexes documents given as their words; a word given more often weighs more.</summary>
    public Bm25Index(IReadOnlyList<IReadOnlyList<string>> documents)
    {
        _lengths = [.. documents.Select(words => words.Count)];
        _averageLength = _lengths.DefaultIfEmpty().Average();
        for (var document = 0; document < documents.Count; document++)
        {
            foreach (var (word, count) in documents[document].CountBy(word => word))
            {
                Postings(word).Add((document, count));
            }
        }
    }

    /// <summary>Scores every document for a set of words; 0 is no match.</summary>
    /// <param name="words">The words of the question.</param>
    /// <param name="minimumCoverage">
    /// The least share of the question, each word weighed by its rarity, that a document must hold to score at all.
    /// </param>
    public double[] Score(IEnumerable<string> words, double minimumCoverage)
    {
        var scores = new double[_lengths.Length];
        var covered = new double[_lengths.Length];
        var whole = 0.0;
        foreach (var word in words.Distinct())
        {
            var postings = _postings.GetValueOrDefault(word, []);
            var rarity = Rarity(postings.Count);
            whole += rarity;
            foreach (var (document, count) in postings)
            {
                covered[document] += rarity;
                scores[document] += rarity * Saturated(count, _lengths[document]);
            }
        }

        return [.. scores.Select((score, document) => covered[document] < minimumCoverage * whole ? 0 : score)];
    }

    private List<(int Document, int Count)> Postings(string word) =>
        _postings.TryGetValue(word, out var postings) ? postings : _postings[word] = [];

    private double Rarity(int documents) => Math.Log(1 + ((_lengths.Length - documents + 0.5) / (documents + 0.5)));

    private double Saturated(int count, int length)
    {
        var relativeLength = 1 - LengthNormalization + (LengthNormalization * length / _averageLength);
        return count * (TermSaturation + 1) / (count + (TermSaturation * relativeLength));
    }
}
