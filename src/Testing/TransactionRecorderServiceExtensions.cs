using LlmTracing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Records the transactions of a host of one's own.</summary>
public static class TransactionRecorderServiceExtensions
{
    /// <summary>Hands the host's transactions to a recorder, and nowhere else. Call it after all else was added.</summary>
    /// <param name="services">The services, to which LLM tracing was added before.</param>
    /// <param name="recorder">What the test awaits and asserts on.</param>
    /// <param name="keepOtherSinks">Whether the backends added before get the transactions too. By default none does.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="InvalidOperationException"><c>AddLlmTracing()</c> was not called on the services.</exception>
    public static IServiceCollection AddTransactionRecorder(
        this IServiceCollection services, TransactionRecorder recorder, bool keepOtherSinks = false)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(recorder);

        // AddLlmTracing() always adds a validator of its options; nobody else has a reason to.
        if (!services.Any(static service => service.ServiceType == typeof(IValidateOptions<LlmTracingOptions>)))
        {
            throw new InvalidOperationException(
                "The recorder would never see a transaction: the app does not call builder.Services.AddLlmTracing().");
        }

        // A test must neither find what a run of the app has left, nor leave something for the next one.
        services.PostConfigure<LlmTracingOptions>(static options => options.JournalDirectory ??= "");
        if (!keepOtherSinks)
        {
            services.RemoveAll<ITransactionSink>();
        }

        return services.AddSingleton<ITransactionSink>(recorder);
    }

    /// <inheritdoc cref="AddTransactionRecorder(IServiceCollection, TransactionRecorder, bool)"/>
    /// <param name="builder">What <c>AddLlmTracing()</c> returned.</param>
    /// <param name="recorder">What the test awaits and asserts on.</param>
    /// <param name="keepOtherSinks">Whether the backends added before get the transactions too. By default none does.</param>
    /// <returns>The same builder.</returns>
    public static ILlmTracingBuilder AddTransactionRecorder(
        this ILlmTracingBuilder builder, TransactionRecorder recorder, bool keepOtherSinks = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddTransactionRecorder(recorder, keepOtherSinks);
        return builder;
    }
}
