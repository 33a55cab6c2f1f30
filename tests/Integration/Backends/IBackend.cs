using Microsoft.AspNetCore.Hosting;

namespace LlmTracing.Tests.Integration.Backends;

/// <summary>A way for the transactions of an app to reach a Sentry server.</summary>
public interface IBackend
{
    void Add(IWebHostBuilder host);

    void Add(ILlmTracingBuilder tracing);
}
