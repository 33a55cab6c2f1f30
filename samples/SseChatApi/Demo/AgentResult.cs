using LlmTracing;

namespace SseChatApi.Demo;

/// <summary>Answers with what an agent does: all of it is beneath the agent's span, the stream included.</summary>
internal sealed class AgentResult(string name, Func<IResult> run) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        LlmTrace.RunAsync(LlmTrace.StartAgent(name), _ => run().ExecuteAsync(httpContext));
}
