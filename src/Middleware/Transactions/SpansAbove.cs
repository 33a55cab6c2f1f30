namespace LlmTracing.Middleware.Transactions;

/// <summary>The spans that stand above others, directly or with a tool's run in between.</summary>
internal sealed class SpansAbove<TSpan>
    where TSpan : notnull
{
    private readonly HashSet<TSpan> _direct = [];
    private readonly HashSet<TSpan> _acrossTools = [];

    /// <summary>Begins to walk up from a span.</summary>
    /// <param name="isTool">Whether the span is itself a tool's run.</param>
    public Walk From(bool isTool) => new(this, isTool);

    /// <summary>Tells whether what a span says is said by those beneath it too.</summary>
    /// <param name="span">The span.</param>
    /// <param name="isModelCall">
    /// Whether it is a call to a model: then a call in the run of a tool that it asked for is another. An agent's span repeats
    /// that too.
    /// </param>
    public bool Repeats(TSpan span, bool isModelCall) =>
        _direct.Contains(span) || (!isModelCall && _acrossTools.Contains(span));

    /// <summary>The way up from one span.</summary>
    internal struct Walk(SpansAbove<TSpan> above, bool isAcrossTool)
    {
        private bool _isAcrossTool = isAcrossTool;

        /// <summary>Notes the next span above.</summary>
        /// <returns>Whether those above it are yet to be noted.</returns>
        public bool Reach(TSpan span, bool isTool)
        {
            var isNew = (_isAcrossTool ? above._acrossTools : above._direct).Add(span);
            _isAcrossTool |= isTool;
            return isNew;
        }
    }
}
