using LlmTracing.Tests.Integration.Support;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Browser))]

namespace LlmTracing.Tests.Integration.Support;

/// <summary>
/// The Chromium of the machine, without a window: one for the whole run, started by the first test that opens a page.
/// A test class gets it as the parameter of its constructor.
/// </summary>
public sealed class Browser : IAsyncDisposable
{
    private const string Install = "Needs Chromium: apt-get install --no-install-recommends chromium";

    // Far more than it takes, for a machine that runs all other tests at the same time.
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _starting = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _chromium;

    /// <summary>Opens a tab of its own, which shares nothing with others; close it to leave as a reader does.</summary>
    /// <param name="url">Where to go first. It can only go to loopback.</param>
    public async Task<IPage> OpenAsync(Uri url)
    {
        var path = RealComponent.RequireProgram(Install, "chromium", "chromium-browser", "google-chrome");
        var chromium = await Deadline.BoundAsync("start of Chromium", LongestStart, token => StartedAsync(path, token));
        var page = await chromium.NewPageAsync();
        page.SetDefaultTimeout((float)Deadline.Default.TotalMilliseconds);
        await page.GotoAsync(url.ToString());
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }

        _playwright?.Dispose();
        _starting.Dispose();
    }

    private async Task<IBrowser> StartedAsync(string path, CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            return _chromium ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = path,
                Timeout = (float)LongestStart.TotalMilliseconds,

                // Root cannot have the sandbox; for every other user it stays.
                ChromiumSandbox = !Environment.IsPrivilegedProcess,

                // Neither a page nor the browser itself reaches another machine, by name, address or proxy.
                Args = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost", "--no-proxy-server"],
            });
        }
        finally
        {
            _starting.Release();
        }
    }
}
