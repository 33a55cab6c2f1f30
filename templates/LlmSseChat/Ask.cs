using System.ComponentModel.DataAnnotations;

namespace LlmSseChat;

/// <summary>The body of <c>POST /chat</c>.</summary>
public sealed record Ask([Required, MaxLength(8_000)] string Message);
