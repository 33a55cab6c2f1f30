using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Backends;

/// <summary>The table, by way of the exporter of LlmTracing.</summary>
[Collection(Support.RunsAlone.Name)]
public sealed class OwnExporterTests : BackendTests
{
    protected override IBackend BackendOf(string dsn) => new OwnExporter(dsn);

    private sealed class OwnExporter(string dsn) : IBackend
    {
        public void Add(IWebHostBuilder host)
        {
        }

        public void Add(ILlmTracingBuilder tracing) => tracing.AddSentryExporter(options => options.Dsn = dsn);
    }
}
