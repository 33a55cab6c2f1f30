using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>The activity sources that are always listened to.</summary>
internal static class SourceNames
{
    private const string AspNetCore = "Microsoft.AspNetCore";
    private const string HttpClient = "System.Net.Http";

    // Of Microsoft.Extensions.AI's OpenTelemetryChatClient, while its conventions are experimental.
    private const string ExtensionsAI = "Experimental.Microsoft.Extensions.AI";

    public static readonly string[] Default = [LlmTrace.SourceName, AspNetCore, HttpClient, ExtensionsAI];

    /// <summary>Tells whether a span with no local parent is worth a transaction.</summary>
    /// <remarks>
    /// A request is one only through the middleware, which knows its route and whether it is filtered out; an HTTP call
    /// that serves neither a request nor a model is none.
    /// </remarks>
    public static bool MayBeginTransaction(Activity root) =>
        root.Parent is null && root.Source.Name is not (AspNetCore or HttpClient) && !IsRequest(root);

    /// <summary>Tells whether a span of this source is worth starting where there is nothing above it.</summary>
    public static bool MayBeRoot(ActivitySource source) => source.Name != HttpClient;

    // What ServerActivity makes where the server made none. Every collector in the process sees it start.
    private static bool IsRequest(Activity root) =>
        root.Kind == ActivityKind.Server && root.Source.Name == LlmTrace.SourceName;
}
