using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing;

/// <summary>What <c>AddLlmTracing()</c> returns, for backends and readers to be added to.</summary>
public interface ILlmTracingBuilder
{
    /// <summary>Gets the services of the app.</summary>
    IServiceCollection Services { get; }
}
