namespace LlmTracing.SentrySdk.Errors;

/// <summary>An exception and all that it was caused by.</summary>
internal static class ExceptionChain
{
    public static IEnumerable<Exception> Of(Exception? exception) => exception switch
    {
        null => [],
        AggregateException many => many.InnerExceptions.SelectMany(Of).Prepend(exception),
        _ => Of(exception.InnerException).Prepend(exception),
    };
}
