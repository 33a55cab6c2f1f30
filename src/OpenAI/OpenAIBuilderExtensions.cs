using System.ClientModel;
using LlmTracing;
using LlmTracing.OpenAI.Readers;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the OpenAI SDK's types to those that are understood.</summary>
public static class OpenAIBuilderExtensions
{
    /// <summary>Reads the streams and the failures of the OpenAI SDK.</summary>
    /// <param name="builder">What <c>AddLlmTracing()</c> returned.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// Of <c>ChatClient</c> and of <c>ResponsesClient</c>. Chat reports tokens only if the request asks for them: with
    /// <c>StreamOptions.IncludeUsage</c>, which the SDK sets itself.
    /// </remarks>
    public static ILlmTracingBuilder AddOpenAIReaders(this ILlmTracingBuilder builder)
    {
        builder.AddChunkReader<StreamingChatCompletionUpdate, StreamingChatCompletionUpdateReader>();
#pragma warning disable OPENAI001 // The SDK may still change its types of Responses: then a new version of this package is due.
        builder.AddChunkReader<StreamingResponseUpdate, StreamingResponseUpdateReader>();
#pragma warning restore OPENAI001
        LlmTrace.UseFailureStatus(StatusOf);
        return builder;
    }

    // The SDK gives 0 where there was no response at all.
    private static int? StatusOf(Exception exception) =>
        exception is ClientResultException { Status: > 0 and var status } ? status : null;
}
