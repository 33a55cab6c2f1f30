namespace LlmTracing.Tests.Integration.Support;

/// <summary>Collects the exceptions of tasks that nobody awaited. For tests that run alone.</summary>
internal sealed class UnobservedExceptions : IDisposable
{
    private readonly List<Exception> _seen = [];

    public UnobservedExceptions() => TaskScheduler.UnobservedTaskException += OnUnobserved;

    /// <summary>What was found so far; a task tells only when it is collected.</summary>
    public IReadOnlyList<Exception> Collect()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        lock (_seen)
        {
            return [.. _seen];
        }
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= OnUnobserved;

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs arguments)
    {
        // An app that WebApplicationFactory could not start leaves one behind, whenever that test was.
        if (arguments.Exception.ToString().Contains("HostFactoryResolver", StringComparison.Ordinal))
        {
            return;
        }

        lock (_seen)
        {
            _seen.Add(arguments.Exception);
        }
    }
}
