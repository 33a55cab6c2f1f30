namespace SseChatApi.Chat;

/// <summary>Answers a message with a stream of server-sent events.</summary>
internal interface IChatProvider
{
    IResult Answer(string message);
}
