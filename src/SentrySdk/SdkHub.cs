using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.SentrySdk;

/// <summary>The SDK of the host, asked for when it is used: that it is there at all is for <see cref="OnePipelineCheck"/> to say.</summary>
internal sealed class SdkHub(IServiceProvider services)
{
    private Func<IHub>? _hub;

    public IHub Current => (_hub ??= services.GetRequiredService<Func<IHub>>())();
}
