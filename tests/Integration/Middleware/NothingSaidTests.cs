using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net.ServerSentEvents;
using System.Text;
using LlmTracing.Tests.Integration.Middleware.Journal;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmTracing.Tests.Integration.Middleware;

/// <summary>
/// An app that gives the library all that is said, and has not asked for it to be recorded: it is in no envelope, log, metric,
/// journal or spool.
/// </summary>
public sealed class NothingSaidTests
{
    private static readonly ChatMessage[] Said =
    [
        new(ChatRole.System, PlantedSecrets.Prompt),
        new(ChatRole.User, PlantedSecrets.Prompt),
        new(ChatRole.Tool, [new FunctionResultContent("call-1", PlantedSecrets.Prompt)]),
    ];

    private static readonly LlmCall Call = new("m")
    {
        Provider = "openai",
        Instructions = PlantedSecrets.Prompt,
        Messages = Said,
    };

    private static readonly FunctionCallContent Tool =
        new("call-1", "look_up", new Dictionary<string, object?> { ["query"] = PlantedSecrets.Prompt });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/json")]
    [InlineData("/updates")]
    [InlineData("/call")]
    public async Task CaptureContent_Off_NothingThatWasSaidIsAnywhere(string target)
    {
        using var folder = new TempFolder();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ingest = await SentryIngest.StartAsync();
        await using (ingest)
        {
            await using var app = await StartAsync(ingest, folder, gate.Task);
            using var meters = new MeterWatch();

            // While it is open it is in the journal, while Sentry is away in the spool.
            var answer = app.GetAsync(target);
            await app.Logs.WaitForAsync("Open");
            AssertNothingIn(folder, "journal");
            await ingest.DisposeAsync();
            gate.SetResult();
            await answer;
            await app.StopAsync();

            AssertNothingIn(folder, "spool");
            Assert.NotEmpty(meters.Tags);
            Assert.All(meters.Tags, static tag => Assert.Null(PlantedSecrets.FindIn(tag)));
        }
    }

    [Fact]
    public async Task CaptureContent_On_JournalHoldsNothingOfItAllTheSame()
    {
        using var folder = new TempFolder();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Options = options =>
                (options.CaptureContent, options.JournalDirectory) = (true, Path.Combine(folder.Path, "journal")),
            Inside = app => Map(app, gate.Task),
        });

        var answer = app.GetAsync("/call");
        await app.Logs.WaitForAsync("Open");
        AssertNothingIn(folder, "journal");
        gate.SetResult();
        await answer;

        var chat = (await app.Sink.NextAsync()).Single("chat");
        Assert.NotNull(PlantedSecrets.FindIn((string)chat[GenAiAttributes.InputMessages]!));
    }

    private static void AssertNothingIn(TempFolder folder, string kind)
    {
        var files = Directory.GetFiles(Path.Combine(folder.Path, kind), "*", SearchOption.AllDirectories);
        Assert.Contains(files, static file => new FileInfo(file).Length > 100);
        foreach (var file in files.Where(static file => new FileInfo(file).Length > 0))
        {
            var copy = Path.Combine(folder.Path, "copy");
            LiveJournal.Copy(file, copy);
            Assert.Null(PlantedSecrets.FindIn(Encoding.Latin1.GetString(File.ReadAllBytes(copy))));
        }
    }

    private static Task<TestApp> StartAsync(SentryIngest ingest, TempFolder folder, Task gate) => TestApp.StartAsync(new TestAppSetup
    {
        Options = options =>
        {
            options.JournalDirectory = Path.Combine(folder.Path, "journal");
            (options.EstimateMissingUsage, options.EstimatesAsUsage) = (true, true);
            options.Pricing.Add(new ModelPrice { Model = "*", Input = 1, Output = 1 });
        },
        Tracing = tracing => tracing.AddOpenAIReaders().AddSentryExporter(options =>
            (options.Dsn, options.SpoolDirectory) = (ingest.Dsn, Path.Combine(folder.Path, "spool"))),
        Inside = app => Map(app, gate),
    });

    private static void Map(WebApplication app, Task gate)
    {
        app.MapGet("/json", (ILoggerFactory loggers) => Results.TracedSse(
            Stream(loggers, gate,
            [
                $$$"""{"id":"r","model":"m","choices":[{"index":0,"delta":{"content":"{{{PlantedSecrets.Prompt}}}"}}]}""",
                $$$"""
                {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"look_up",
                "arguments":"{\"query\":\"{{{PlantedSecrets.Prompt}}}\"}"}}]}}]}
                """.ReplaceLineEndings(""),
            ]),
            Call));
        app.MapGet("/updates", (ILoggerFactory loggers) => Results.TracedSse(
            Stream<ChatResponseUpdate>(loggers, gate,
                [new(ChatRole.Assistant, PlantedSecrets.Prompt), new(ChatRole.Assistant, [Tool])]),
            SseItem<string>? (update) => new SseItem<string>(update.Text),
            Call));
        app.MapGet("/call", async (ILoggerFactory loggers) =>
        {
            using var chat = LlmTrace.StartChat(Call);
            chat.RecordAnswer([new(ChatRole.Assistant, [new TextContent(PlantedSecrets.Prompt), Tool])]);
            using var tool = LlmTrace.StartTool("look_up", "call-1");
            tool.SetContent(GenAiAttributes.ToolCallArguments, PlantedSecrets.Prompt);
            tool.SetContent(GenAiAttributes.ToolCallResult, PlantedSecrets.Prompt);
            await WaitAsync(loggers, gate);
        });
    }

    private static async IAsyncEnumerable<T> Stream<T>(ILoggerFactory loggers, Task gate, T[] chunks)
    {
        foreach (var chunk in chunks)
        {
            yield return chunk;
        }

        await WaitAsync(loggers, gate);
    }

    private static Task WaitAsync(ILoggerFactory loggers, Task gate)
    {
        loggers.CreateLogger("App").Log(LogLevel.Information, new EventId(1, "Open"), "", null, static (_, _) => "Open.");
        return gate.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    /// <summary>Keeps the values of all tags of the library's own metrics.</summary>
    private sealed class MeterWatch : IDisposable
    {
        private readonly ConcurrentQueue<string> _tags = new();
        private readonly MeterListener _listener = new();

        public MeterWatch()
        {
            _listener.InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == LlmTrace.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((_, _, tags, _) => Keep(tags));
            _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Keep(tags));
            _listener.Start();
        }

        public IReadOnlyCollection<string> Tags => _tags;

        public void Dispose() => _listener.Dispose();

        private void Keep(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var tag in tags)
            {
                _tags.Enqueue($"{tag.Key}={tag.Value}");
            }
        }
    }
}
