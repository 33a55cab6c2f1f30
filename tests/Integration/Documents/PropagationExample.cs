using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The example of propagation in docs/workflows.md.</summary>
internal static class PropagationExample
{
    public static void Add(IServiceCollection services)
    {
        services.AddLlmTracing().AddSentryExporter(options =>
        {
            options.PropagationTargets = ["orders.example.com", "*.internal.example.com", "localhost:5001"];
            options.StrictTraceContinuation = true;
        });
    }
}
