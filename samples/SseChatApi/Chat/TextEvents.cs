using System.Net.ServerSentEvents;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace SseChatApi.Chat;

/// <summary>Makes an event of the text that an update carries; updates without any are not sent.</summary>
internal static class TextEvents
{
    public static SseItem<string>? Of(ChatResponseUpdate update) => OfText(update.Text);

    public static SseItem<string>? Of(StreamingChatCompletionUpdate update) =>
        OfText(string.Concat(update.ContentUpdate.Select(part => part.Text)));

    private static SseItem<string>? OfText(string text) => text.Length == 0 ? null : new SseItem<string>(text);
}
