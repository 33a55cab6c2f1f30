using LlmTracing.Middleware;
using LlmTracing.Middleware.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds LLM tracing to an app's pipeline.</summary>
public static class LlmTracingApplicationBuilderExtensions
{
    /// <summary>Makes of every request from here on one transaction. Put it first: what runs before is not seen.</summary>
    /// <param name="app">The app.</param>
    /// <returns>The same app.</returns>
    /// <exception cref="InvalidOperationException"><c>AddLlmTracing()</c> was not called on the services.</exception>
    /// <exception cref="OptionsValidationException">A setting cannot work; the message names every one.</exception>
    public static IApplicationBuilder UseLlmTracing(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.ApplicationServices.GetService<TransactionCollector>() is null)
        {
            throw new InvalidOperationException(
                "app.UseLlmTracing() needs its services: call builder.Services.AddLlmTracing() before the app is built.");
        }

        app.Properties[LlmTracingMiddleware.InPipeline] = true;
        return app.UseMiddleware<LlmTracingMiddleware>();
    }
}
