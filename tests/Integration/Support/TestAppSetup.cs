using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>How a <see cref="TestApp"/> differs from one with nothing but LLM tracing.</summary>
internal sealed class TestAppSetup
{
    public string Environment { get; init; } = "Production";

    public IReadOnlyDictionary<string, string?> Configuration { get; init; } = new Dictionary<string, string?>();

    public Action<LlmTracingOptions>? Options { get; init; }

    public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1;

    /// <summary>Gets what is registered before LLM tracing is.</summary>
    public Action<IServiceCollection> Services { get; init; } = static _ => { };

    /// <summary>Gets what is added to the tracing, ahead of the recorder.</summary>
    public Action<ILlmTracingBuilder> Tracing { get; init; } = static _ => { };

    /// <summary>Gets the middleware that stands before <c>UseLlmTracing</c>.</summary>
    public Action<WebApplication> Outside { get; init; } = static _ => { };

    /// <summary>Gets the middleware and the endpoints behind <c>UseLlmTracing</c>.</summary>
    public Action<WebApplication> Inside { get; init; } = static _ => { };

    public Action<IWebHostBuilder> WebHost { get; init; } = static _ => { };
}
