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

    /// <summary>Tells whether a span that has no transaction above it is worth one.</summary>
    /// <remarks>
    /// A request is one only through the middleware, which knows its route and whether it is filtered out; an HTTP call
    /// that serves neither a request nor a model is none. Beneath a span that is not collected, made by hand or of another
    /// library, a span does begin one: else it would be lost.
    /// </remarks>
    public static bool MayBeginTransaction(Activity span) =>
        MayBeRoot(span.Source) && span.Source.Name != AspNetCore && !IsRequest(TopOf(span));

    /// <summary>Gives the topmost span above one in this process, collected or not.</summary>
    public static Activity TopOf(Activity span)
    {
        while (span.Parent is { } parent)
        {
            span = parent;
        }

        return span;
    }

    /// <summary>Tells whether a root is of this library: a span that found nothing to be put under.</summary>
    public static bool IsWithoutParent(Activity root) =>
        root.Source.Name == LlmTrace.SourceName && root.ParentSpanId == default && !IsRequest(root);

    /// <summary>Tells whether a span of this source is worth starting where there is nothing above it.</summary>
    public static bool MayBeRoot(ActivitySource source) => source.Name != HttpClient;

    /// <summary>Tells whether a root of this source and kind is a request.</summary>
    public static bool IsRequest(ActivitySource source, ActivityKind kind) =>
        source.Name == AspNetCore || (kind == ActivityKind.Server && source.Name == LlmTrace.SourceName);

    // A request of this host without its middleware, or of another host in the process. What ServerActivity makes where
    // the server made none, every collector in the process sees start.
    private static bool IsRequest(Activity root) => IsRequest(root.Source, root.Kind);
}
