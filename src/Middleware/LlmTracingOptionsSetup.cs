using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace LlmTracing.Middleware;

/// <summary>Fills the options from the app's configuration, before the app's own code does.</summary>
internal sealed class LlmTracingOptionsSetup(IConfiguration configuration) : IConfigureOptions<LlmTracingOptions>
{
    private const string Section = "LlmTracing";

    public void Configure(LlmTracingOptions options) => configuration.GetSection(Section).Bind(options);
}
