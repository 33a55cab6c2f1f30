using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using LlmTracing.Streaming.Telemetry;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>Holds docs/troubleshooting.md to what the libraries and the sample write, where it goes wrong as it says.</summary>
[Collection(RunsAlone.Name)]
public sealed class TroubleshootingTests
{
    private const string Page = "docs/troubleshooting.md";

    public static TheoryData<int> Lines => [.. Enumerable.Range(0, RepositoryFile.FencesOf(Page, "log").Count())];

    [Theory]
    [MemberData(nameof(Lines))]
    public void Line_OfThePage_IsTheSources(int number)
    {
        var quoted = QuotedLine.Read(RepositoryFile.FencesOf(Page, "log").ElementAt(number));

        Assert.Equal(
            QuotedLine.OfTheSource.Single(line => (line.Category, line.Id) == (quoted.Category, quoted.Id)),
            quoted);
    }

    [Fact]
    public async Task NoSpan_UseLlmTracingIsBehindTheAnswer_LogHasALineOfItsSection()
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Outside = static app => app.Map("/early", static branch => branch.Run(static context =>
                Results.TracedSse(new ScriptedSource("a").As(SourceShape.Iterator)).ExecuteAsync(context))),
        });

        await app.GetAsync("/early");

        Assert.Empty(app.Sink.Requests);
        AssertQuoted("No span", Assert.Single(app.Logs.Of("RequestNotSeen")));
    }

    [Fact]
    public async Task NoTokens_NobodyReadsTheType_LogHasALineOfItsSection()
    {
        await using var app = await TestApp.StartAsync(
            static app => app.MapGet("/", static () => Results.TracedSse(new[] { new Unread("a", 3) }.ToAsyncEnumerable())));

        await app.GetAsync("/");
        var transaction = await app.Sink.NextAsync();

        Assert.True(transaction.Usage.IsEmpty);
        AssertQuoted("No tokens", Assert.Single(app.Logs.Of("NoChunkReader")));
    }

    [Fact]
    public async Task TwoTransactions_NoContextComesAlong_LogHasALineOfItsSection()
    {
        await using var app = await TestApp.StartAsync(static app => app.MapGet("/", static async () =>
        {
            Task work;
            using (ExecutionContext.SuppressFlow())
            {
                work = Task.Run(static () => LlmTrace.StartTask("work").Dispose());
            }

            await work;
        }));

        await app.GetAsync("/");
        var work = await app.Sink.NextAsync(static transaction => transaction.Name == "work");
        var request = await app.Sink.NextAsync(static transaction => transaction.Name == "GET /");

        Assert.NotEqual(request.TraceId, work.TraceId);
        AssertQuoted("Two transactions", Assert.Single(app.Logs.Of("ParentNotFound")));
    }

    [Fact]
    public async Task WrongParent_StepsAtTheSameTime_AreTheTreesOfItsSection()
    {
        await using var app = await TestApp.StartAsync(static app =>
        {
            app.MapGet("/steps", static () =>
            {
                using var first = LlmTrace.StartTask("first");
                using var second = LlmTrace.StartTask("second");
            });
            app.MapPost("/steps", static () => Task.WhenAll(
                LlmTrace.RunAsync(LlmTrace.StartTask("first"), static _ => Task.CompletedTask),
                LlmTrace.RunAsync(LlmTrace.StartTask("second"), static _ => Task.CompletedTask)));
        });

        await app.GetAsync("/steps");
        var wrong = await app.Sink.NextAsync();
        using var response = await app.SendAsync("POST", "/steps");
        var right = await app.Sink.NextAsync();

        Assert.Equal(
            RepositoryFile.FencesIn(RepositoryFile.SectionOf(Page, "Wrong parent"), "text"),
            [wrong.Tree, right.Tree.Replace("POST", "GET", StringComparison.Ordinal)]);
    }

    [Fact]
    public async Task AppDoesNotStart_ForEachReason_SaysTheSentenceOfItsSection()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var missing = Assert.Throws<InvalidOperationException>(
            static () => new ApplicationBuilder(new ServiceCollection().BuildServiceProvider()).UseLlmTracing());

        string[] said =
        [
            missing.Message,
            (await SampleProcess.RunAsync("--SENTRY_DSN=https://example.com/1")).Error,
            (await SampleProcess.RunAsync("--urls", $"http://{taken.LocalEndpoint}")).Error
                .Replace($"{taken.LocalEndpoint}", "127.0.0.1:5080", StringComparison.Ordinal),
            (await SampleProcess.RunAsync("--Llm:Provider=openai")).Error,
        ];

        Assert.Equal(
            RepositoryFile.FencesIn(RepositoryFile.SectionOf(Page, "The app does not start"), "text").Select(QuotedLine.OnOneLine),
            said.Select(QuotedLine.OnOneLine));
    }

    [Fact]
    public void ProviderRefuses_CuresOfThePage_AreTheSources()
    {
        var rows = Regex.Matches(RepositoryFile.SectionOf(Page, "The provider refuses"), @"^\| (\d+) \| (.+) \|$", RegexOptions.Multiline)
            .ToDictionary(
                static row => int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture),
                static row => (string?)row.Groups[2].Value);

        Assert.Equal(
            Enumerable.Range(400, 200).Where(static status => RefusalCure.Of(status) is not null)
                .ToDictionary(static status => status, RefusalCure.Of),
            rows);
    }

    private static void AssertQuoted(string heading, LogEntry entry) => Assert.Contains(
        RepositoryFile.FencesIn(RepositoryFile.SectionOf(Page, heading), "log").Select(QuotedLine.Read),
        line => line.IsThatOf(entry));

    private sealed record Unread(string Text, int Tokens);
}
