namespace LlmTracing.Streaming.Flow;

/// <summary>Runs code whose changes to the current span, and to any other AsyncLocal, end with it.</summary>
/// <remarks>
/// Starting and stopping an Activity both set <c>Activity.Current</c>. Setting it back by hand is not enough: the
/// setter refuses a stopped one, which is what code that outlives its request has.
/// </remarks>
internal static class Isolated
{
    public static TResult Run<TState, TResult>(TState state, Func<TState, TResult> body) =>
        RunIn(CallersContext(), state, body);

    public static TResult RunIn<TState, TResult>(
        ExecutionContext context, TState state, Func<TState, TResult> body)
    {
        var call = new Call<TState, TResult>(state, body);
        ExecutionContext.Run(context, static call => ((Call<TState, TResult>)call!).Invoke(), call);
        return call.Result;
    }

    private static ExecutionContext CallersContext()
    {
        if (!ExecutionContext.IsFlowSuppressed())
        {
            return ExecutionContext.Capture()!;
        }

        // Suppressing keeps a context from new asynchronous work; this is still the caller's own call.
        ExecutionContext.RestoreFlow();
        try
        {
            return ExecutionContext.Capture()!;
        }
        finally
        {
            _ = ExecutionContext.SuppressFlow();
        }
    }

    private sealed class Call<TState, TResult>(TState state, Func<TState, TResult> body)
    {
        public TResult Result { get; private set; } = default!;

        public void Invoke() => Result = body(state);
    }
}
