using LlmTracing.SentryExporter.Propagation;

namespace LlmTracing.Tests.Unit.SentryExporter.Propagation;

public sealed class PropagationTargetsTests
{
    [Theory]
    [InlineData("https://orders.example.com/", true)]
    [InlineData("http://localhost:5001/", true)]
    [InlineData("https://api.openai.com/v1/chat/completions", false)]
    [InlineData("https://API.OpenAI.com/", false)]
    [InlineData("https://eu.api.openai.com/", false)]
    [InlineData("https://my-resource.openai.azure.com/", false)]
    [InlineData("https://api.anthropic.com/v1/messages", false)]
    [InlineData("https://generativelanguage.googleapis.com/", false)]
    [InlineData("https://europe-west4-aiplatform.googleapis.com/", false)]
    [InlineData("https://bedrock-runtime.eu-central-1.amazonaws.com/", false)]
    [InlineData("https://bedrock-runtime.us-east-1.api.aws/", false)]
    [InlineData("https://my-resource.cognitiveservices.azure.com/", false)]
    [InlineData("https://aiplatform.eu.rep.googleapis.com/", false)]
    [InlineData("https://api.githubcopilot.com/", false)]
    [InlineData("https://api.business.githubcopilot.com/", false)]
    [InlineData("https://ollama.com/", false)]
    [InlineData("https://api.z.ai/", false)]
    [InlineData("https://api.openai.com./", false)]
    [InlineData("https://eu.api.openai.com./", false)]
    [InlineData("https://storage.eu.rep.googleapis.com/", true)]
    [InlineData("https://s3.eu-central-1.amazonaws.com/", true)]
    [InlineData("https://api.openai.com.example.com/", true)]
    public void Allow_NothingNamed_IsEveryHostButTheProviders(string target, bool isAllowed)
    {
        Assert.Equal(isAllowed, new PropagationTargets(null).Allow(new Uri(target)));
        Assert.Equal(isAllowed, new PropagationTargets(["*"]).Allow(new Uri(target)));
    }

    [Theory]
    [InlineData("api.example.com", "https://api.example.com/", true)]
    [InlineData("API.Example.com", "https://api.example.com:8443/", true)]
    [InlineData("api.example.com", "https://api.example.com.evil.org/", false)]
    [InlineData("api.example.com", "https://x.api.example.com/", false)]
    [InlineData("api.example.com", "https://api.example.com./", true)]
    [InlineData("api.example.com.", "https://api.example.com/", true)]
    [InlineData("*.example.com", "https://a.example.com./", true)]
    [InlineData("*.example.com", "https://a.b.example.com/", true)]
    [InlineData("*.example.com", "https://example.com/", false)]
    [InlineData("*.example.com", "https://evilexample.com/", false)]
    [InlineData("localhost:5001", "http://localhost:5001/", true)]
    [InlineData("localhost:5001", "http://localhost:5002/", false)]
    [InlineData("*:443", "https://any.org/", true)]
    [InlineData("*:443", "http://any.org/", false)]
    [InlineData("[::1]:5001", "http://[::1]:5001/", true)]
    [InlineData("[::1]", "http://[::1]:5001/", true)]
    [InlineData("127.0.0.1", "http://127.0.0.1:5001/", true)]
    [InlineData("api.openai.com", "https://api.openai.com/", true)]
    [InlineData("*.openai.azure.com", "https://my.openai.azure.com/", true)]
    public void Allow_HostNamed_IsThatHost(string pattern, string target, bool isAllowed) =>
        Assert.Equal(isAllowed, new PropagationTargets([pattern]).Allow(new Uri(target)));

    [Fact]
    public void Allow_EmptyList_IsNone() => Assert.False(new PropagationTargets([]).Allow(new Uri("https://example.com/")));

    [Fact]
    public void Allow_AddressIsNotKnown_IsOnlyWhereAnyHostIs()
    {
        Assert.True(new PropagationTargets(null).Allow(null));
        Assert.True(new PropagationTargets(["example.com", "*"]).Allow(null));
        Assert.False(new PropagationTargets(["example.com"]).Allow(null));
        Assert.False(new PropagationTargets([]).Allow(null));
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData(" ", "it is empty")]
    [InlineData("https://example.com", "it is more than a host, leave out scheme and path")]
    [InlineData("example.com/path", "it is more than a host, leave out scheme and path")]
    [InlineData("example.com:", "its port is not 1 to 65535")]
    [InlineData("example.com:0", "its port is not 1 to 65535")]
    [InlineData("example.com:65536", "its port is not 1 to 65535")]
    [InlineData("a b", "it is not a host name")]
    [InlineData("*example.com", "it is not a host name")]
    [InlineData("*.*.example.com", "it is not a host name")]
    public void TryParse_Malformed_SaysWhy(string text, string problem)
    {
        Assert.False(HostPattern.TryParse(text, out _, out var why));
        Assert.Equal(problem, why);
    }
}
