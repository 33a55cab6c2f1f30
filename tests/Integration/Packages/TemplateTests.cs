using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Xml.Linq;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Packages;

/// <summary>What <c>dotnet new llm-sse-chat</c> gives, from the packages as they were packed.</summary>
[Collection(RunsAlone.Name)]
public sealed class TemplateTests(PackedSolution packed) : IDisposable
{
    // A name that is none for a namespace.
    private const string Name = "my-chat";

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task New_FromTheTemplate_IsATracedChatThatAnswers()
    {
        await using var ingest = await SentryIngest.StartAsync();
        await MakeAsync();
        await DotnetAsync("build", Name, "--disable-build-servers", "-warnaserror");
        await using var app = await RunningSample.StartAsync(StartInfo(ingest.Dsn));
        using var client = new HttpClient { BaseAddress = app.Address };

        using var answer = await PostAsync(client, "Hello.");
        var frames = await SseFrames.ReadAllAsync(answer);
        var transaction = await ingest.NextAsync();
        using var refusal = await PostAsync(client, "");

        Assert.Equal(
            "You said: Hello. I am a script, so I say the same to everyone.",
            string.Concat(frames.SkipLast(1).Select(frame => frame.Data)));
        var done = JsonDocument.Parse(frames[^1].Data).RootElement;
        Assert.Equal(("done", "completed"), (frames[^1].Event, done.GetProperty("outcome").GetString()));
        Assert.Equal("""{"inputTokens":1,"outputTokens":14}""", done.GetProperty("usage").GetRawText());
        Assert.Equal(HttpStatusCode.BadRequest, refusal.StatusCode);
        Assert.Equal(
            ("POST /chat", "ok", done.GetProperty("traceId").GetString()),
            (transaction.Name, transaction.Status, transaction.TraceId));
        Assert.Equal("chat scripted-1", transaction.Single("gen_ai.chat").Description);
    }

    public void Dispose() => _folder.Dispose();

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string message) => Deadline.BoundAsync(
        "answer of the app",
        TimeSpan.FromSeconds(30),
        token =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/chat") { Content = JsonContent.Create(new { message }) };
            return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
        });

    private async Task MakeAsync()
    {
        var feed = await packed.PackOnceAsync();
        Settings(feed).Save(Path.Combine(_folder.Path, "nuget.config"));

        // A hive of its own: the templates that the machine's user has installed stay as they are.
        string[] hive = ["--debug:custom-hive", Path.Combine(_folder.Path, "hive")];
        var package = Path.Combine(feed, $"LlmTracing.Templates.{packed.Version}.nupkg");
        await DotnetAsync(["new", "install", package, .. hive]);
        await DotnetAsync(["new", "llm-sse-chat", "--output", Name, "--no-update-check", .. hive]);
    }

    // The packages of ours come from the feed and go to a folder of the test; all others are where they were restored to
    // for the tests, or come from where they came from then.
    private XElement Settings(string feed)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(home, ".nuget", "packages");
        static XElement Add(string key, string value) => new("add", new XAttribute("key", key), new XAttribute("value", value));
        return new XElement(
            "configuration",
            new XElement("config", Add("globalPackagesFolder", Path.Combine(_folder.Path, "packages"))),
            new XElement("packageSources", Add("packed", feed)),
            new XElement("fallbackPackageFolders", Directory.Exists(restored) ? Add("restored", restored) : null));
    }

    // What the environment says of packages would come before nuget.config.
    private Task DotnetAsync(params IEnumerable<string> arguments) => DotnetCommand.RunAsync(
        _folder.Path, new Dictionary<string, string?> { ["NUGET_PACKAGES"] = null, ["RestoreConfigFile"] = null }, arguments);

    private ProcessStartInfo StartInfo(string dsn) => SampleProcess.StartInfo(
        Path.Combine(_folder.Path, Name, "bin", "Debug", "net10.0", $"{Name}.dll"),
        [$"--SENTRY_DSN={dsn}", "--LlmTracing:JournalDirectory="]);
}
