namespace SseChatApi.Demo;

/// <summary>A section that matches a question; a higher score is a better match.</summary>
internal sealed record DocHit(DocSection Section, double Score);
