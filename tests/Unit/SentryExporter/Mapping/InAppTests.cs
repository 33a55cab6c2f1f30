using LlmTracing.SentryExporter.Mapping;

namespace LlmTracing.Tests.Unit.SentryExporter.Mapping;

public sealed class InAppTests
{
    [Theory]
    [InlineData("Shop.Chat", "Shop", true)]
    [InlineData("Systematic.Shop", "Systematic", true)]
    [InlineData("System.Net.Http.HttpClient", "System.Net.Http", false)]
    [InlineData("System", null, false)]
    [InlineData("Microsoft.AspNetCore.Routing.EndpointMiddleware", "Microsoft.AspNetCore.Routing", false)]
    [InlineData("OpenAI.Chat.ChatClient", "OpenAI", false)]
    [InlineData("LlmTracing.LlmTrace", "LlmTracing.Streaming", false)]
    [InlineData("Microsoft.Shop.Chat", "LlmTracing.Tests.Unit", true)]
    [InlineData(null, null, true)]
    public void Is_Frame_IsTheAppsUnlessOfALibrary(string? module, string? assembly, bool expected) =>
        Assert.Equal(expected, InApp.Is(new("Ask") { Module = module, Assembly = assembly }));
}
