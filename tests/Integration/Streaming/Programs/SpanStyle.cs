namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Ways to run code within a span.</summary>
internal enum SpanStyle
{
    Using,

    /// <summary><c>LlmTrace.RunAsync(LlmTrace.StartTask(…), …)</c>.</summary>
    RunAsync,

    /// <summary>The same with a span that was started in another flow, so that it is not current yet.</summary>
    RunAsyncOfOther,
}
