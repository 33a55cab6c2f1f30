namespace LlmTracing.SentryExporter.Mapping;

/// <summary>Release and environment of the process that a transaction is of: what the exporter has told the journal.</summary>
internal static class SentryResource
{
    public const string Release = "sentry.release";
    public const string Environment = "sentry.environment";

    /// <summary>Gives one of the two.</summary>
    /// <param name="transaction">The transaction, which may be of a process that died before this one began.</param>
    /// <param name="name">Which.</param>
    /// <param name="own">What this process says, where the transaction says nothing.</param>
    public static string? Of(FinishedTransaction transaction, string name, string? own)
    {
        foreach (var (key, value) in transaction.Resource)
        {
            if (key == name && !string.IsNullOrEmpty(value))
            {
                return value;
            }
        }

        return own;
    }
}
