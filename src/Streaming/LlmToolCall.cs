namespace LlmTracing;

/// <summary>A tool that the model asks the app to run.</summary>
/// <param name="Id">The model's id of the call, to start the tool's span with; null where the provider gives none.</param>
/// <param name="Name">The tool's name, where it is known.</param>
public readonly record struct LlmToolCall(string? Id, string? Name);
