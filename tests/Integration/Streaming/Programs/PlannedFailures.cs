namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Keeps a program's own failures from hiding others.</summary>
internal static class PlannedFailures
{
    /// <summary>Starts all, and waits for all: <c>Task.WhenAll</c>, but what was not planned is thrown first.</summary>
    public static Task AllAsync(this IEnumerable<Task> tasks)
    {
        return WaitAsync(Task.WhenAll(tasks));

        static async Task WaitAsync(Task all)
        {
            try
            {
                await all;
            }
            catch (PlannedFailureException) when (UnplannedOf(all) is not null)
            {
                throw new InvalidOperationException("More than was planned failed.", UnplannedOf(all));
            }
        }
    }

    private static Exception? UnplannedOf(Task all) =>
        all.Exception?.InnerExceptions.FirstOrDefault(static one => one is not PlannedFailureException);
}
