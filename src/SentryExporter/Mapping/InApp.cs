using System.Reflection;

namespace LlmTracing.SentryExporter.Mapping;

/// <summary>Tells the app's own code from that of the platform and of libraries, so that Sentry can put it first.</summary>
/// <remarks>
/// As Sentry's SDK for .NET does, by the start of the type's name; its list, as far as it is for servers, and the LLM SDKs.
/// https://github.com/getsentry/sentry-dotnet/blob/6.9.0/src/Sentry/SentryOptions.cs.
/// </remarks>
internal static class InApp
{
    private static readonly string[] Libraries =
    [
        "System", "Mono", "Microsoft", "Sentry", "Newtonsoft.Json", "FSharp", "Serilog", "Giraffe", "NLog", "Npgsql",
        "RabbitMQ", "Hangfire", "IdentityServer4", "AWSSDK", "Polly", "Swashbuckle", "FluentValidation", "Autofac",
        "StackExchange.Redis", "Dapper", "RestSharp", "IdentityModel", "Google", "MongoDB", "Elasticsearch", "Grpc",
        "OpenAI", "Anthropic", "Azure.AI", "Azure.Core", "Amazon", "ModelContextProtocol", "OpenTelemetry",
    ];

    private static readonly string[] Own =
    [
        "LlmTracing.Streaming", "LlmTracing.Middleware", "LlmTracing.SentryExporter", "LlmTracing.OpenAI",
        "LlmTracing.Anthropic", "LlmTracing.Testing",
    ];

    private static readonly string? App = Assembly.GetEntryAssembly()?.GetName().Name;

    public static bool Is(FinishedFrame frame)
    {
        if (frame.Assembly is { } assembly && (assembly == App || Own.Contains(assembly)))
        {
            return assembly == App;
        }

        return !Array.Exists(Libraries, library => IsIn(library, frame.Module ?? frame.Function));
    }

    // Of a whole name: Systematic.Shop is not System's.
    private static bool IsIn(string library, string name) =>
        name.StartsWith(library, StringComparison.Ordinal)
        && (name.Length == library.Length || name[library.Length] == '.');
}
