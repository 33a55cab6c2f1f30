using System.Diagnostics;

namespace LlmTracing.Middleware.Transactions;

/// <summary>The activity sources that are always listened to.</summary>
internal static class SourceNames
{
    private const string AspNetCore = "Microsoft.AspNetCore";
    private const string HttpClient = "System.Net.Http";

    // Of Microsoft.Extensions.AI's OpenTelemetryChatClient, while its conventions are experimental.
    private const string ExtensionsAI = "Experimental.Microsoft.Extensions.AI";

    // Each invocation of a hub's method is a root, for its connection may last for days.
    private const string SignalR = "Microsoft.AspNetCore.SignalR.Server";

    public static readonly string[] Default = [LlmTrace.SourceName, AspNetCore, SignalR, HttpClient, ExtensionsAI];

    /// <summary>Tells whether a span with no local parent is worth a transaction.</summary>
    /// <remarks>
    /// A request is one only through the middleware, which knows its route and whether it is filtered out; an HTTP call
    /// that serves neither a request nor a model is none.
    /// </remarks>
    public static bool MayBeginTransaction(Activity root) =>
        root.Parent is null && root.Source.Name is not (AspNetCore or HttpClient) && !IsRequest(root);

    /// <summary>Tells whether a root is of this library: a span that found nothing to be put under.</summary>
    public static bool IsWithoutParent(Activity root) =>
        root.Source.Name == LlmTrace.SourceName && root.ParentSpanId == default && !IsRequest(root);

    /// <summary>Tells whether a span of this source is worth starting where there is nothing above it.</summary>
    public static bool MayBeRoot(ActivitySource source) => source.Name != HttpClient;

    // What ServerActivity makes where the server made none. Every collector in the process sees it start.
    private static bool IsRequest(Activity root) =>
        root.Kind == ActivityKind.Server && root.Source.Name == LlmTrace.SourceName;
}
