using LlmTracing.Tests.Integration.Documents;
using LlmTracing.Tests.Integration.Support;
using Microsoft.Playwright;

namespace LlmTracing.Tests.Integration.Sample.Page;

/// <summary>The sample's page in a browser, and what its reader sees and does there.</summary>
internal sealed class ChatPage(IPage page) : IAsyncDisposable
{
    // Every text of the answer that a frame was painted with.
    private const string NotePaints = """
        () => {
          window.paints = new Set()
          const note = () => {
            window.paints.add(document.querySelector('.answer')?.textContent ?? '')
            requestAnimationFrame(note)
          }
          note()
        }
        """;

    public IPage Page => page;

    public ILocator Message => page.GetByRole(AriaRole.Textbox, new() { Name = "Message" });

    public ILocator Stop => page.GetByRole(AriaRole.Button, new() { Name = "Stop" });

    public ILocator AskAgain => page.GetByRole(AriaRole.Button, new() { Name = "Ask again" });

    public ILocator Answer => page.Locator(".answer").Last;

    public ILocator Notice => page.Locator(".notice p").Last;

    public ILocator Detail => page.Locator(".detail").Last;

    public ILocator Card => page.Locator(".trace").Last;

    public ILocator Rows => Card.Locator(".waterfall li");

    /// <summary>Starts the sample as a developer does, from its own folder, with its traces shown.</summary>
    public static Task<RunningSample> StartSampleAsync(params IEnumerable<string> arguments) =>
        RunningSample.StartAsync(SampleProcess.StartInfo([
            $"--contentRoot={RepositoryFile.PathOf("samples/SseChatApi")}",
            "--environment=Development",
            "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information",
            .. arguments]));

    /// <summary>Starts it with OpenAI's SDK speaking to a scripted provider.</summary>
    public static Task<RunningSample> StartSampleAsync(ScriptedOpenAi provider) => StartSampleAsync(
        "--Llm:Provider=openai", $"--Llm:BaseUrl={provider.BaseUrl}", $"--Llm:ApiKey={PlantedSecrets.ApiKey}");

    public static async Task<ChatPage> OpenAsync(Browser browser, RunningSample sample) => new(await browser.OpenAsync(sample.Address));

    public async Task AskAsync(string question)
    {
        await page.EvaluateAsync(NotePaints);
        await Message.FillAsync(question);
        await Message.PressAsync("Enter");
    }

    /// <summary>Waits until the page says something of the answer.</summary>
    public Task SaysAsync(string status) => page.GetByRole(AriaRole.Status).GetByText(status).WaitForAsync();

    /// <summary>Waits until the card says it.</summary>
    public Task CardSaysAsync(string name, string value) =>
        Card.Locator($"dt:text-is('{name}') + dd").GetByText(value, new() { Exact = true }).WaitForAsync();

    public async Task<string> FactAsync(string name) => await Card.Locator($"dt:text-is('{name}') + dd").InnerTextAsync();

    /// <summary>Gives how many different texts the answer was painted with, the empty one not counted.</summary>
    public Task<int> PaintsAsync() => page.EvaluateAsync<int>("() => [...window.paints].filter(text => text !== '').length");

    public Task KeepAsync(string name) => Screenshot.KeepAsync(page, name);

    public async ValueTask DisposeAsync() => await page.CloseAsync();
}
