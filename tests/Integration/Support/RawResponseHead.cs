namespace LlmTracing.Tests.Integration.Support;

/// <summary>Status and headers of a response; a name sent twice has its values joined by ", ".</summary>
internal sealed record RawResponseHead(int Status, IReadOnlyDictionary<string, string> Headers);
