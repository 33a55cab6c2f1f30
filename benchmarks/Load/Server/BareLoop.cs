using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace LlmTracing.Benchmarks.Load.Server;

/// <summary>A loop as an app writes it for itself: no limit, no end, no span. One flush for each chunk.</summary>
internal static class BareLoop
{
    /// <summary>Writes one chunk, and heartbeats by a timer of its own until the client leaves.</summary>
    /// <remarks>The least that does it: nothing sees that a chunk and a heartbeat are not written at once, for no chunk follows.</remarks>
    public static async Task HoldAsync(IAsyncEnumerable<string> stream, HttpContext context, TimeSpan interval)
    {
        var writing = WriteAsync(stream, context, WriteText);
        using var timer = new PeriodicTimer(interval);
        while (await timer.WaitForNextTickAsync(context.RequestAborted))
        {
            context.Response.BodyWriter.Write(":\n\n"u8);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }

        await writing;
    }

    public static async Task WriteAsync<T>(IAsyncEnumerable<T> stream, HttpContext context, Action<PipeWriter, T> write)
    {
        context.Response.ContentType = "text/event-stream";
        var body = context.Response.BodyWriter;
        await foreach (var chunk in stream)
        {
            body.Write("data: "u8);
            write(body, chunk);
            body.Write("\n\n"u8);
            await body.FlushAsync(context.RequestAborted);
        }
    }

    public static void WriteText(PipeWriter body, string text) => Encoding.UTF8.GetBytes(text, body);

    public static void WriteJson(PipeWriter body, TextPiece piece)
    {
        using var json = new Utf8JsonWriter(body);
        JsonSerializer.Serialize(json, piece, LoadJson.Default.TextPiece);
    }
}
