using System.Net.ServerSentEvents;
using System.Text;

namespace LlmTracing.Tests.Integration.Streaming.Wire;

/// <summary>One chunk that an app streams, and whether it comes only after what was before it has been sent.</summary>
internal sealed record WireChunk(string Text, string? EventType = null, string? EventId = null, bool Waits = false)
{
    public SseItem<string> Item => new(Text, EventType) { EventId = EventId };

    /// <summary>Gets the event type as a client sees it.</summary>
    public string ReadType => string.IsNullOrEmpty(EventType) ? SseParser.EventTypeDefault : EventType;

    public override string ToString() =>
        $"{(Waits ? "wait, " : "")}{Shown(Text)}, type {Shown(EventType)}, id {Shown(EventId)}";

    private static string Shown(string? text)
    {
        if (text is null)
        {
            return "none";
        }

        var shown = new StringBuilder($"({text.Length}) \"");
        foreach (var character in text.Take(400))
        {
            shown.Append(char.IsAsciiLetterOrDigit(character) || character is ' ' or ':'
                ? character
                : $"\\u{(int)character:x4}");
        }

        return shown.Append('"').ToString();
    }
}
