namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Ways to do several things at once.</summary>
internal enum ParallelKind
{
    /// <summary><c>Task.WhenAll</c> of async lambdas.</summary>
    WhenAll,

    /// <summary><c>Task.WhenAll</c> of <c>LlmTrace.RunAsync(LlmTrace.StartTask(…), …)</c>.</summary>
    RunAsync,

    /// <summary><c>Task.WhenAll</c> of <c>Task.Run</c>.</summary>
    TaskRun,

    ForEachAsync,

    /// <summary>All but the last by <c>LlmTrace.RunAsync</c>, while the code itself goes on with the last.</summary>
    Fork,
}
