namespace SseChatApi.Chat;

/// <summary>The body of <c>POST /chat</c>.</summary>
internal sealed record ChatMessage(string? Message)
{
    private const int MostCharacters = 8_000;

    /// <summary>Gives the response to a message that cannot be answered, or null for one that can.</summary>
    public static IResult? Problem(string? message)
    {
        var problem = message switch
        {
            null => "The message is missing: send it as ?message=… or as {\"message\":\"…\"}.",
            _ when string.IsNullOrWhiteSpace(message) => "The message is empty.",
            { Length: > MostCharacters } =>
                $"The message has {message.Length} characters; {MostCharacters} are the most.",
            _ => null,
        };

        return problem is null
            ? null
            : Results.ValidationProblem(new Dictionary<string, string[]> { ["message"] = [problem] });
    }
}
