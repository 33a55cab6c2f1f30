using System.Diagnostics.CodeAnalysis;
using LlmTracing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds backends and chunk readers.</summary>
public static class LlmTracingBuilderExtensions
{
    /// <summary>Hands every finished transaction to a sink, beside those that are there.</summary>
    /// <typeparam name="TSink">The sink: one instance for the app, made by its services.</typeparam>
    /// <param name="builder">What <c>AddLlmTracing()</c> returned.</param>
    /// <returns>The same builder.</returns>
    public static ILlmTracingBuilder AddTransactionSink<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSink>(
        this ILlmTracingBuilder builder)
        where TSink : class, ITransactionSink
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ITransactionSink, TSink>());
        return builder;
    }

    /// <summary>Reads model, tokens and finish reason from streams of a type of one's own.</summary>
    /// <typeparam name="T">The exact type of one chunk.</typeparam>
    /// <typeparam name="TReader">The reader. It serves the whole process, and replaces one that was there.</typeparam>
    /// <param name="builder">What <c>AddLlmTracing()</c> returned.</param>
    /// <returns>The same builder.</returns>
    public static ILlmTracingBuilder AddChunkReader<T, TReader>(this ILlmTracingBuilder builder)
        where TReader : IChunkReader<T>, new()
    {
        ArgumentNullException.ThrowIfNull(builder);
        LlmTrace.UseChunkReader(new TReader());
        return builder;
    }
}
