namespace LlmTracing;

/// <summary>Settings of one server-sent-events response; the app's defaults are <see cref="LlmTracingOptions.Sse"/>.</summary>
public sealed class TracedSseOptions
{
    /// <summary>Gets or sets how a completed answer says that it is complete.</summary>
    /// <value>The default is <see cref="SseCompletion.Event"/>.</value>
    public SseCompletion Completion { get; set; } = SseCompletion.Event;
}
