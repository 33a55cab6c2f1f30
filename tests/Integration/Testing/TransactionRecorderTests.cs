using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;

namespace LlmTracing.Tests.Integration.Testing;

/// <summary>What a recorder sees of the rest of its process.</summary>
[Collection(RunsAlone.Name)]
public sealed class TransactionRecorderTests
{
    [Fact]
    public async Task NextAsync_HubOfAnotherAppInTheProcess_IsNoRequestOfThisOne()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/", static () => "a"));
        using var signalR = new ActivitySource("Microsoft.AspNetCore.SignalR.Server");
        var test = Activity.Current;
        Activity.Current = null;
        using (var hub = signalR.StartActivity("ChatHub/Ask", ActivityKind.Server)!)
        {
            hub.Stop();
            Activity.Current = test;
            Assert.Equal("ChatHub/Ask", (await app.Sink.NextAsync(hub.TraceId)).Name);
        }

        await app.GetAsync("/");
        var request = await app.Sink.NextAsync();

        Assert.Equal("GET /", request.Name);
        Assert.True(request.Finished.IsRequest);
        Assert.Equal([request], app.Sink.Requests);
    }
}
