using System.Text.Json;
using System.Text.Json.Serialization;

namespace SseChatApi.Chat;

/// <summary>The JSON that the endpoints read, without reflection, so that the app can be trimmed.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ChatMessage))]
internal sealed partial class ChatJsonContext : JsonSerializerContext;
