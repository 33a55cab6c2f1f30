using LlmTracing;
using LlmTracing.Middleware;
using LlmTracing.Middleware.Transactions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds LLM tracing to an app's services.</summary>
public static class LlmTracingServiceCollectionExtensions
{
    private const string ConfigurationSection = "LlmTracing";

    /// <summary>Adds what <c>app.UseLlmTracing()</c> needs. Alone it sends nothing: add a backend to what it returns.</summary>
    /// <param name="services">The services of the app.</param>
    /// <param name="configure">
    /// Settings; they win over the configuration section <c>LlmTracing</c>. The host's start fails with every setting
    /// that cannot work, named.
    /// </param>
    /// <returns>The builder for backends and chunk readers. Calling it again gives another for the same services.</returns>
    public static ILlmTracingBuilder AddLlmTracing(
        this IServiceCollection services, Action<LlmTracingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddHttpContextAccessor();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TransactionCollector>();
        services.AddHostedService<TransactionFlusher>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<LlmTracingOptions>, LlmTracingOptionsValidator>());

        var options = services.AddOptionsWithValidateOnStart<LlmTracingOptions>();
        options.Configure<IConfiguration>(
            static (options, configuration) => configuration.GetSection(ConfigurationSection).Bind(options));
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return new LlmTracingBuilder(services);
    }
}
