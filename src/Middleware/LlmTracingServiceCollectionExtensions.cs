using LlmTracing;
using LlmTracing.Middleware;
using LlmTracing.Middleware.Journal;
using LlmTracing.Middleware.Termination;
using LlmTracing.Middleware.TraceView;
using LlmTracing.Middleware.Transactions;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds LLM tracing to an app's services.</summary>
public static class LlmTracingServiceCollectionExtensions
{
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
        services.AddMetrics();
        services.TryAddSingleton<StreamMetrics>();
        services.TryAddSingleton<UsageAccounting>();
        services.TryAddSingleton<JournalFolder>();
        services.TryAddSingleton<JournalRecovery>();
        services.TryAddSingleton<TransactionSinks>();
        services.TryAddSingleton<ProcessEnd>();
        services.TryAddSingleton<TransactionCollector>();
        services.TryAddSingleton<RecentTransactions>();
        services.AddHostedService<TransactionFlusher>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<LlmTracingOptions>, LlmTracingOptionsValidator>());

        // Once, and so before all that is set in code, by whichever call.
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IConfigureOptions<LlmTracingOptions>, LlmTracingOptionsSetup>());

        var options = services.AddOptionsWithValidateOnStart<LlmTracingOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return new LlmTracingBuilder(services);
    }
}
