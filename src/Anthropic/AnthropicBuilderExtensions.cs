using System.Runtime.InteropServices;
using System.Text.Json;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using LlmTracing;
using LlmTracing.Anthropic.Readers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the Anthropic SDK's types to those that are understood.</summary>
public static class AnthropicBuilderExtensions
{
    /// <summary>Reads the streams and the failures of the Anthropic SDK.</summary>
    /// <param name="builder">What <c>AddLlmTracing()</c> returned.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// Also where it is used as Microsoft.Extensions.AI's chat client, whose updates tell of tokens only at the end: a stream that
    /// breaks off still has its input tokens.
    /// </remarks>
    public static ILlmTracingBuilder AddAnthropicReaders(this ILlmTracingBuilder builder)
    {
        builder.AddChunkReader<RawMessageStreamEvent, RawMessageStreamEventReader>();
        LlmTrace.UseFailureStatus(StatusOf);
        return builder;
    }

    private static int? StatusOf(Exception exception) => exception switch
    {
        AnthropicApiException refusal => (int)refusal.StatusCode,
        AnthropicSseException { Body: { ValueKind: JsonValueKind.Object } body } => StatusOfEvent(body),
        _ => null,
    };

    // An error event has no status: its type stands for one.
    private static int? StatusOfEvent(JsonElement body)
    {
        var reading = default(ChunkReading);
        reading.ReadJson(LlmDialect.Anthropic, JsonMarshal.GetRawUtf8Value(body));
        return reading.Error?.StatusCode;
    }
}
