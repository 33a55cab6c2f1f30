using LlmTracing.Tests.Integration.Support;
using Microsoft.Extensions.AI;
using SseChatApi.Demo;

namespace LlmTracing.Tests.Integration.Sample;

public sealed class DemoChatClientTests : IDisposable
{
    private static readonly IReadOnlyList<ChatMessage> Prompt =
        DemoPrompt.For("How do I start?", [new DocHit(new("a.md", "Kettle > Start", "- Fill it.\n- Then boil."), 1)]);

    private static readonly string[] Tokens =
    [
        "Here ", "is ", "how ", "to ", "do ", "that.", "\n\n",
        "- ", "Fill ", "it.", "\n", "- ", "Then ", "boil.", "\n\n",
        "See ", "a.md, ", "\"Start\".",
    ];

    private readonly InstantTimeProvider _time = new();
    private readonly DemoChatClient _client;

    public DemoChatClientTests() => _client = new DemoChatClient(_time);

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Stream_Question_GivesOneUpdateATokenThenTheUsage()
    {
        var updates = await UpdatesAsync(Prompt);

        Assert.Equal(Tokens, updates.SkipLast(1).Select(update => update.Text));
        Assert.Equal("", updates[^1].Text);
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
        Assert.All(updates.SkipLast(1), update => Assert.Null(update.FinishReason));
    }

    [Fact]
    public async Task Stream_Question_EveryUpdateNamesModelAndResponse()
    {
        var updates = await UpdatesAsync(Prompt);

        Assert.All(updates, update => Assert.Equal("demo-docs-1", update.ModelId));
        Assert.All(updates, update => Assert.Equal(ChatRole.Assistant, update.Role));
        Assert.Single(updates.Select(update => update.ResponseId).Distinct());
        Assert.Single(updates.Select(update => update.MessageId).Distinct());
        Assert.NotEqual(updates[0].ResponseId, (await UpdatesAsync(Prompt))[0].ResponseId);
    }

    [Fact]
    public async Task Stream_Ended_UsageCountsPromptAndEmittedTokens()
    {
        ChatMessage[] prompt = [new(ChatRole.System, "Be  brief.\n\nPlease."), new(ChatRole.User, "Hello there!")];

        var updates = await UpdatesAsync(prompt);

        var usage = Assert.IsType<UsageContent>(Assert.Single(updates[^1].Contents)).Details;
        Assert.Equal(4 + 2, usage.InputTokenCount);
        Assert.Equal(updates.Count - 1, usage.OutputTokenCount);
        Assert.Equal(usage.InputTokenCount + usage.OutputTokenCount, usage.TotalTokenCount);
    }

    [Fact]
    public async Task Stream_SameQuestion_KeepsTheSamePace()
    {
        await UpdatesAsync(Prompt);
        var first = _time.Delays.ToArray();
        _time.Delays.Clear();

        await UpdatesAsync(Prompt);

        Assert.Equal(first, _time.Delays);
        Assert.Equal(Tokens.Length, first.Length);
        Assert.Equal(TimeSpan.FromMilliseconds(150), first[0]);
        Assert.All(first[1..], gap => Assert.InRange(gap.TotalMilliseconds, 15, 45));
        Assert.NotEqual(first[1], first[2]);
    }

    [Fact]
    public async Task Stream_CancelledMidway_StopsAtTheNextToken()
    {
        using var stop = new CancellationTokenSource();
        await using var updates = _client
            .GetStreamingResponseAsync(Prompt, cancellationToken: TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(stop.Token);
        Assert.True(await updates.MoveNextAsync());

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await updates.MoveNextAsync());
    }

    [Fact]
    public async Task GetResponse_Question_IsTheWholeStream()
    {
        var response = await _client.GetResponseAsync(Prompt, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(string.Concat(Tokens), response.Text);
        Assert.Equal("demo-docs-1", response.ModelId);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal(Tokens.Length, response.Usage?.OutputTokenCount);
    }

    [Fact]
    public void GetService_Metadata_NamesProviderAndModel()
    {
        var metadata = _client.GetService<ChatClientMetadata>();

        Assert.Equal(("demo", "demo-docs-1"), (metadata?.ProviderName, metadata?.DefaultModelId));
        Assert.Same(_client, _client.GetService<IChatClient>());
        Assert.Null(_client.GetService(typeof(IChatClient), "other"));
    }

    [Fact]
    public void Prompt_ReadBack_HasTheSameQuestionAndSections()
    {
        DocSection[] sections = [new("a.md", "A > \"B\"", "One.\n\n```\ntwo\n```"), new("docs/c.md", "C", "Three.")];

        var prompt = DemoPrompt.For("why?", [.. sections.Select(section => new DocHit(section, 1))]);

        Assert.Equal([ChatRole.System, ChatRole.User], prompt.Select(message => message.Role));
        Assert.Equal("why?", DemoPrompt.QuestionIn(prompt));
        Assert.Equal(sections, DemoPrompt.SectionsIn(prompt));
    }

    [Theory]
    [InlineData("  two\n   words  \n")]
    [InlineData("\r\ntab\tand\u00a0space")]
    [InlineData("")]
    public void Tokens_Joined_AreTheText(string text) => Assert.Equal(text, string.Concat(DemoTokens.Of(text)));

    private async Task<List<ChatResponseUpdate>> UpdatesAsync(IEnumerable<ChatMessage> prompt)
    {
        List<ChatResponseUpdate> updates = [];
        await foreach (var update in _client.GetStreamingResponseAsync(
            prompt, cancellationToken: TestContext.Current.CancellationToken))
        {
            updates.Add(update);
        }

        return updates;
    }
}
