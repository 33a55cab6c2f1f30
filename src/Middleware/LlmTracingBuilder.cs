using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Middleware;

internal sealed class LlmTracingBuilder(IServiceCollection services) : ILlmTracingBuilder
{
    public IServiceCollection Services => services;
}
