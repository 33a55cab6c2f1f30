using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LlmTracing.SentryExporter.Propagation;

/// <summary>Puts <see cref="SentryPropagator"/> in the place of the platform's.</summary>
internal static class SentryPropagation
{
    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<PropagationSettings>();
        services.AddSingleton<SentryPropagator>();

        // For the requests that come in, in place of the one that the host has registered before.
        services.Replace(ServiceDescriptor.Singleton<DistributedContextPropagator>(
            static provider => provider.GetRequiredService<SentryPropagator>()));

        // For those that go out, from now on: an HttpClient keeps the one that it finds when it is made.
        DistributedContextPropagator.Current = OutgoingPropagator.Instance;
    }
}
