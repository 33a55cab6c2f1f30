using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;

namespace LlmTracing.Streaming.Sse;

/// <summary>Says what an endpoint answers, to API descriptions and to the middleware before it.</summary>
internal static class SseMetadata
{
    private static readonly string[] ContentTypes = ["text/event-stream"];

    /// <summary>Adds it to an endpoint whose handler or action returns the result, or one of several.</summary>
    /// <param name="method">The handler or the action.</param>
    /// <param name="result">The type of the result.</param>
    /// <param name="data">The type of an event's data, where it is known.</param>
    /// <param name="builder">The endpoint.</param>
    public static void Add(MethodInfo method, Type result, Type? data, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(builder);

        // What each event's data holds, as providers describe their own streams. SseItem<T>, which
        // TypedResults.ServerSentEvents names, would tell clients of a JSON object with an eventType and a
        // reconnectionInterval, which is nowhere on the wire.
        builder.Metadata.Add(
            new ProducesResponseTypeMetadata(StatusCodes.Status200OK, data, ContentTypes));
        builder.Metadata.Add(NoLoginPage.Instance);

        // An endpoint with other answers too may cache those. Of the two, the cache asks the attribute last: it holds
        // even where the app tells the cache to keep this very endpoint.
        builder.Metadata.Add(AnswerOf(method) == result
            ? new OutputCacheAttribute { NoStore = true }
            : new NoWaitCachePolicy(builder.Metadata.OfType<IOutputCachePolicy>().LastOrDefault()));
    }

    private static Type AnswerOf(MethodInfo method)
    {
        var type = method.ReturnType;
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        return definition == typeof(Task<>) || definition == typeof(ValueTask<>) ? type.GetGenericArguments()[0] : type;
    }
}
