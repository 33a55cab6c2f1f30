namespace LlmTracing.Tests.DyingApp;

/// <summary>A host whose program takes no signals for it: they end the process as the system does.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
