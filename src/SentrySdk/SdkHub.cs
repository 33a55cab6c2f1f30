using Microsoft.Extensions.DependencyInjection;
using Sentry.Extensibility;

namespace LlmTracing.SentrySdk;

/// <summary>The SDK of the host; one that does nothing where there is none, which <see cref="OnePipelineCheck"/> says.</summary>
internal sealed class SdkHub(IServiceProvider services)
{
    // Now: when the host's services are disposed of, the last transactions may be still to come.
    private readonly Func<IHub> _hub = services.GetService<Func<IHub>>() ?? (static () => DisabledHub.Instance);

    public IHub Current => _hub();
}
