using LlmTracing.Tests.Integration.Backends;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Sentry.AspNetCore;

namespace LlmTracing.Tests.SentrySdk;

/// <summary>The real SDK, with nothing from outside the test and nothing written to disk.</summary>
internal sealed class SdkBackend(string dsn, Action<SentryAspNetCoreOptions>? configure = null) : IBackend
{
    public void Add(IWebHostBuilder host) => host.UseSentry(options =>
    {
        options.Dsn = dsn;
        options.DisableFileWrite = true;
        options.AutoSessionTracking = false;

        // The queue of a test's burst: the SDK's own holds 30.
        options.MaxQueueItems = 1000;
        options.Release = "shop@1.0";
        configure?.Invoke(options);
    });

    public void Add(ILlmTracingBuilder tracing) => tracing.UseSentrySdk();
}
