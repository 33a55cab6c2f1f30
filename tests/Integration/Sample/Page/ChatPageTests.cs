using System.Net;
using LlmTracing.Tests.Integration.Support;
using Microsoft.Playwright;

namespace LlmTracing.Tests.Integration.Sample.Page;

/// <summary>The sample's page, driven as its reader drives it: the sample a process, the browser Chromium.</summary>
public sealed class ChatPageTests(Browser browser)
{
    [Theory]
    [InlineData("fetch")]
    [InlineData("EventSource")]
    public async Task Ask_AnswerStreams_TokensArriveOneByOneAndTheTraceIsBesideIt(string transport)
    {
        await using var sample = await ChatPage.StartSampleAsync();
        await using var chat = await ChatPage.OpenAsync(browser, sample);
        await chat.Page.GetByLabel(transport).CheckAsync();

        await chat.AskAsync("How do I start?");
        await chat.CardSaysAsync("Outcome", "streaming");
        await chat.SaysAsync("The answer is complete.");
        await chat.CardSaysAsync("Outcome", "completed");

        Assert.InRange(await chat.PaintsAsync(), 5, int.MaxValue);
        Assert.Equal("false", await chat.Answer.GetAttributeAsync("aria-busy"));
        Assert.Equal(
            [transport == "fetch" ? "POST /chat" : "GET /chat", "invoke_agent librarian", "execute_tool search_docs", "chat demo-docs-1"],
            await chat.Rows.Locator(".name").AllInnerTextsAsync());
        Assert.Matches("^[0-9]+$", await chat.FactAsync("Tokens out"));
        Assert.Matches("^[0-9]+ ms$", await chat.FactAsync("First chunk"));
        Assert.Matches("^[0-9]+$", await chat.FactAsync("Tokens/s"));
        Assert.Matches("^Trace [0-9a-f]{32}$", await chat.Card.GetByRole(AriaRole.Heading).InnerTextAsync());
        await chat.KeepAsync(transport == "fetch" ? "chat" : "chat-eventsource");
    }

    [Theory]
    [InlineData("fetch", false)]
    [InlineData("EventSource", false)]
    [InlineData("fetch", true)]
    public async Task Stop_InTheMiddle_ServerSeesItAtOnceAndTheCardHasTheTokensSoFar(string transport, bool isByKey)
    {
        var silence = new ScriptGate(2);
        await using var provider = await ScriptedOpenAi.StartAsync();
        provider.Script = new() { Gate = silence, UsageOnEveryChunk = true };
        await using var sample = await ChatPage.StartSampleAsync(provider);
        await using var chat = await ChatPage.OpenAsync(browser, sample);
        await chat.Page.GetByLabel(transport).CheckAsync();
        await chat.AskAsync("What is a span?");
        await chat.Answer.GetByText("Hello,").WaitForAsync();

        await (isByKey ? chat.Message.PressAsync("Escape") : chat.Stop.ClickAsync());

        await provider.ClientGone.BoundAsync("end of the call", TimeSpan.FromSeconds(1));
        await chat.CardSaysAsync("Outcome", "client_disconnected");
        Assert.Equal(("11", "4"), (await chat.FactAsync("Tokens in"), await chat.FactAsync("Tokens out")));
        Assert.Equal("You stopped this answer.", await chat.Notice.InnerTextAsync());
        Assert.Equal("Hello,", (await chat.Answer.InnerTextAsync()).Trim());
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, "The scripted model failed.")]
    [InlineData(HttpStatusCode.Unauthorized, "Check the key that the app gives the provider's client")]
    [InlineData(HttpStatusCode.TooManyRequests, "A limit of the account is reached")]
    public async Task Ask_ProviderFails_IsSaidKindlyAndCanBeAskedAgain(HttpStatusCode status, string detail)
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        provider.Script = new() { Status = status, Fault = status == HttpStatusCode.OK ? ProviderFault.ErrorEvent(2) : null };
        await using var sample = await ChatPage.StartSampleAsync(provider);
        await using var chat = await ChatPage.OpenAsync(browser, sample);

        await chat.AskAsync("What is a span?");
        await chat.CardSaysAsync("Outcome", "upstream_failed");
        Assert.Equal("The model could not finish its answer. Please ask again.", await chat.Notice.InnerTextAsync());
        Assert.StartsWith(detail, await chat.Detail.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(status == HttpStatusCode.OK ? "Hello," : "", (await chat.Answer.InnerTextAsync()).Trim());
        Assert.NotEqual(0, await chat.Card.Locator(".bar.error").CountAsync());
        await chat.KeepAsync("chat-error");

        provider.Script = new();
        await chat.AskAgain.ClickAsync();
        await chat.SaysAsync("The answer is complete.");
        Assert.Equal("Hello, world", (await chat.Answer.InnerTextAsync()).Trim());
    }

    // A server that dies says nothing; the answer so far stays, and the card does not wait for ever.
    [Fact]
    public async Task Ask_ServerDiesInTheMiddle_AnswerSoFarStays()
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        provider.Script = new() { Gate = new ScriptGate(2) };
        await using var sample = await ChatPage.StartSampleAsync(provider);
        await using var chat = await ChatPage.OpenAsync(browser, sample);
        await chat.AskAsync("What is a span?");
        await chat.Answer.GetByText("Hello,").WaitForAsync();
        await chat.CardSaysAsync("Outcome", "streaming");

        sample.Kill();

        await chat.SaysAsync("The connection was lost. Is the server running?");
        Assert.Equal("Hello,", (await chat.Answer.InnerTextAsync()).Trim());
        await chat.CardSaysAsync("Outcome", "not known");
    }

    // Of six connections to a host none may be kept by a trace of which nothing comes.
    [Fact]
    public async Task Ask_ManyThatAreNotRecorded_AllAreAnswered()
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        await using var sample = await ChatPage.StartSampleAsync(
            "--Llm:Provider=openai", $"--Llm:BaseUrl={provider.BaseUrl}", "--Llm:ApiKey=any", "--LlmTracing:TracesSampleRate=0");
        await using var chat = await ChatPage.OpenAsync(browser, sample);

        for (var asked = 1; asked <= 8; asked++)
        {
            await chat.AskAsync("What is a span?");
            await chat.Page.Locator($".turn:nth-of-type({asked}) .answer[aria-busy=false]").WaitForAsync();
        }

        await chat.Card.GetByText("No trace of it is here").WaitForAsync();
    }

    [Theory]
    [InlineData("fetch", true)]
    [InlineData("EventSource", false)]
    public async Task Ask_LongestQuestion_IsAnsweredOrItsRefusalSaysWhy(string transport, bool isAnswered)
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        await using var sample = await ChatPage.StartSampleAsync(provider);
        await using var chat = await ChatPage.OpenAsync(browser, sample);
        await chat.Page.GetByLabel(transport).CheckAsync();

        await chat.AskAsync(new string('漢', 8_000));

        await chat.SaysAsync(isAnswered ? "The answer is complete." : "The question was not accepted.");
        Assert.Equal(isAnswered ? "" : "The question is too long for EventSource, which can only ask by GET. Choose fetch.", await chat.Detail.InnerTextAsync());
    }

    // U+2028 ends a line in JavaScript, and none in an event.
    [Fact]
    public async Task Answer_HoldsWhatEndsLinesElsewhere_ArrivesWhole()
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        provider.Script = new() { Chunks = ["a\u2028b\u2029c\n\n", "```c#\nx\n```\n\n2. two\n\nafter 2*3*4"] };
        await using var sample = await ChatPage.StartSampleAsync(provider);
        await using var chat = await ChatPage.OpenAsync(browser, sample);

        await chat.AskAsync("What is a span?");
        await chat.SaysAsync("The answer is complete.");

        Assert.Contains("b", await chat.Answer.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("2", await chat.Answer.Locator("ol").GetAttributeAsync("start"));
        Assert.EndsWith("after 2*3*4", await chat.Answer.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Single(provider.Requests);
    }

    [Fact]
    public async Task Ask_ConnectionIsLost_IsAskedAgainByItself()
    {
        await using var sample = await ChatPage.StartSampleAsync();
        await using var chat = await ChatPage.OpenAsync(browser, sample);
        await chat.Page.RouteAsync("**/chat", static route => route.AbortAsync(), new() { Times = 1 });

        await chat.AskAsync("How do I start?");
        await chat.SaysAsync("Asking again, 2 of 3");
        await chat.SaysAsync("The answer is complete.");

        await chat.CardSaysAsync("Outcome", "completed");
    }

    [Fact]
    public async Task Ask_ServerIsGone_SaysSoInTheEnd()
    {
        await using var sample = await ChatPage.StartSampleAsync();
        await using var chat = await ChatPage.OpenAsync(browser, sample);
        await chat.Page.RouteAsync("**/chat", static route => route.AbortAsync());

        await chat.AskAsync("How do I start?");

        await chat.SaysAsync("The connection was lost. Is the server running?");
        Assert.Equal("The connection was lost. Is the server running?", await chat.Notice.InnerTextAsync());
    }

    [Fact]
    public async Task Answer_HoldsMarkup_StaysText()
    {
        const string attack = """<img src="x" onerror="window.hacked = 1"> <script>window.hacked = 2</script> [go](javascript:window.hacked=3)""";
        await using var provider = await ScriptedOpenAi.StartAsync();
        provider.Script = new() { Chunks = ["**bold** ", "<img src=\"x\" ", "onerror=\"window.hacked = 1\"> <script>window.hacked = 2</script> [go](javascript:window.hacked=3)"] };
        await using var sample = await ChatPage.StartSampleAsync(provider);
        await using var chat = await ChatPage.OpenAsync(browser, sample);

        await chat.AskAsync("What is a span?");
        await chat.SaysAsync("The answer is complete.");

        Assert.Equal("bold " + attack.Replace("[go](javascript:window.hacked=3)", "go", StringComparison.Ordinal), (await chat.Answer.InnerTextAsync()).Trim());
        Assert.Equal("bold", await chat.Answer.Locator("strong").InnerTextAsync());
        Assert.Equal(0, await chat.Answer.Locator("img, script, a").CountAsync());
        Assert.Null(await chat.Page.EvaluateAsync<int?>("window.hacked ?? null"));
    }

    [Fact]
    public async Task Reload_AfterAnAnswer_ConversationAndTraceAreStillThere()
    {
        await using var sample = await ChatPage.StartSampleAsync();
        await using var chat = await ChatPage.OpenAsync(browser, sample);
        await chat.AskAsync("How do I start?");
        await chat.SaysAsync("The answer is complete.");
        await chat.CardSaysAsync("Outcome", "completed");
        var before = (await chat.Answer.InnerTextAsync(), await chat.FactAsync("Tokens out"));

        await chat.Page.ReloadAsync();

        Assert.Equal(before, (await chat.Answer.InnerTextAsync(), await chat.FactAsync("Tokens out")));
        await chat.AskAsync("Which limits are there?");
        await chat.CardSaysAsync("Outcome", "streaming");

        // In the middle of an answer: it has stopped then, and its question is there to be asked again.
        await chat.Page.ReloadAsync();
        Assert.Equal(2, await chat.Page.Locator(".turn").CountAsync());
        Assert.Equal("You stopped this answer.", await chat.Notice.InnerTextAsync());
    }

    [Fact]
    public async Task Keyboard_Alone_AsksStopsAndReachesEverything()
    {
        await using var sample = await ChatPage.StartSampleAsync();
        await using var chat = await ChatPage.OpenAsync(browser, sample);
        var keyboard = chat.Page.Keyboard;

        // It has the focus from the start, and keeps it.
        await keyboard.TypeAsync("How do I start?");
        await keyboard.PressAsync("Shift+Enter");
        await keyboard.TypeAsync("In one line.");
        await keyboard.PressAsync("Enter");
        await chat.CardSaysAsync("Outcome", "streaming");
        await keyboard.PressAsync("Escape");
        await chat.CardSaysAsync("Outcome", "client_disconnected");

        var reached = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            await keyboard.PressAsync("Tab");
            reached.Add(await chat.Page.EvaluateAsync<string>(
                "() => `${document.activeElement.value || document.activeElement.textContent} ${getComputedStyle(document.activeElement).outlineStyle}`"));
        }

        Assert.Equal(["Send solid", "fetch solid", "Clear solid"], reached.Take(3));
        Assert.Contains("Ask again solid", reached);
    }

    [Fact]
    public async Task Phone_375PixelsWide_NeedsNoScrollingSideways()
    {
        await using var sample = await ChatPage.StartSampleAsync();
        await using var chat = await ChatPage.OpenAsync(browser, sample);
        await chat.Page.SetViewportSizeAsync(375, 667);

        await chat.AskAsync("Which options are there?");
        await chat.SaysAsync("The answer is complete.");
        await chat.CardSaysAsync("Outcome", "completed");

        Assert.Equal(375, await chat.Page.EvaluateAsync<int>("document.scrollingElement.scrollWidth"));
        Assert.True(await chat.Message.IsVisibleAsync());
        await chat.KeepAsync("chat-phone");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_InEitherColour_FindsNoSeriousFault(ColorScheme scheme)
    {
        await using var sample = await ChatPage.StartSampleAsync();
        await using var chat = await ChatPage.OpenAsync(browser, sample);
        await chat.Page.EmulateMediaAsync(new() { ColorScheme = scheme });

        Assert.Empty(await Axe.FaultsAsync(chat.Page));
        await chat.AskAsync("Which limits are there?");
        await chat.CardSaysAsync("Outcome", "streaming");
        Assert.Empty(await Axe.FaultsAsync(chat.Page));
        await chat.SaysAsync("The answer is complete.");
        await chat.CardSaysAsync("Outcome", "completed");
        Assert.Empty(await Axe.FaultsAsync(chat.Page));

        var isDark = await chat.Page.EvaluateAsync<bool>("() => getComputedStyle(document.body).backgroundColor === 'rgb(22, 22, 26)'");
        Assert.Equal(scheme == ColorScheme.Dark, isDark);
        await chat.KeepAsync($"chat-{scheme.ToString().ToLowerInvariant()}");
    }
}
