using System.Net;
using LlmTracing.Tests.Integration.Support;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Sample;

/// <summary>What the sample says where its provider refuses: to its operator what to check, to its client nothing of it.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("openai", 401, "Check the key that the app gives the provider's client: it is missing, mistyped or revoked.")]
    [InlineData("anthropic", 401, "Check the key that the app gives the provider's client: it is missing, mistyped or revoked.")]
    [InlineData("openai", 403, "Check what the key may do: it is not allowed to use this model, or not from here.")]
    [InlineData(
        "openai", 404,
        "Check the name of the model, and the address of the provider's client: one of them is not known there.")]
    [InlineData(
        "anthropic", 404,
        "Check the name of the model, and the address of the provider's client: one of them is not known there.")]
    [InlineData(
        "anthropic", 429,
        "A limit of the account is reached: ask less often, or raise its limit or its credit with the provider.")]
    public async Task Chat_ProviderRefuses_LogSaysWhatToCheck(string providerName, int status, string cure)
    {
        await using var provider = await ScriptedProvider.StartAsync(providerName);
        provider.Script = new() { Status = (HttpStatusCode)status };
        await using var app = SampleApp.For(providerName, provider.BaseUrl);
        using var client = app.CreateClient();

        using var response = await client.GetAsync(
            new Uri("/chat?message=hello", UriKind.Relative), TestContext.Current.CancellationToken);
        var last = Assert.Single(SampleApp.AfterTrace(await SseFrames.ReadAllAsync(response)));

        var traceId = last.Data.Split("\"traceId\":\"")[1][..32];
        Assert.Equal(
            $$"""{"type":"upstream_failed","message":"The response could not be completed.","traceId":"{{traceId}}"}""",
            last.Data);
        var error = Assert.Single(app.Logs.Errors);
        Assert.Equal(
            ("LlmTracing.Streaming", LogLevel.Error, 14, "StreamRefused"),
            (error.Category, error.Level, error.Event.Id, error.Event.Name));
        Assert.Equal(
            $"The streamed response of trace {traceId} failed, for the provider refused with {status}. {cure}", error.Message);
        Assert.NotNull(error.Exception);
    }

    [Fact]
    public async Task Chat_ProviderBreaksDown_LogHasNoCure()
    {
        await using var provider = await ScriptedProvider.StartAsync("openai");
        provider.Script = new() { Status = HttpStatusCode.BadRequest };
        await using var app = SampleApp.For("openai", provider.BaseUrl);
        using var client = app.CreateClient();

        await client.GetStringAsync(
            new Uri("/chat?message=hello", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal("StreamFailed", Assert.Single(app.Logs.Errors).Event.Name);
    }
}
