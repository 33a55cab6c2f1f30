using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The example of docs/delivery-and-privacy.md that changes what is sent.</summary>
internal static class BeforeSendExample
{
    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddLlmTracing().AddSentryExporter(options => options.BeforeSend = static transaction =>
            transaction.Root.Name == "GET /health"
                ? null
                : transaction with { Spans = [.. transaction.Spans.Where(static span => span.Source != "Npgsql")] });
    }
}
