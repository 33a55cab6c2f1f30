using System.ClientModel;
using LlmTracing.Tests.DyingApp;
using LlmTracing.Tests.Integration.StreamEndings;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;
using OpenAI.Chat;

namespace LlmTracing.Tests.Integration.Backends;

/// <summary>The table of <see cref="BackendTests"/>.</summary>
internal static class BackendCases
{
    private const int Calls = 5;

    public static IEnumerable<BackendCase> All =>
    [
        new(
            "main job: OpenAI's SDK, streamed as events",
            """
            http.server | GET / | ok | outcome=completed | output_tokens=4 | calls=1 | status_code=200
              gen_ai.chat | chat gpt-4o-mini | ok | outcome=completed | chunks=6 | model=gpt-4o-mini | input_tokens=11 | output_tokens=4 | total_tokens=15 | source=provider
                http.client | POST | ok | status_code=200
            """)
        {
            PlayAsync = PlayMainJobAsync,
        },
        .. Enum.GetValues<Ending>().Select(static ending => new BackendCase($"ending: {ending}", ExpectedOf(ending))
        {
            IsError = ending is Ending.Failed or Ending.Stalled or Ending.TooLong,
            PlayAsync = (backend, ingest) => PlayEndingAsync(CellOf(ending), backend, ingest),
        }),
        new(
            "story 1: a span deep in the flow finds its root",
            """
            http.server | GET / | ok | status_code=200
              gen_ai.execute_tool | execute_tool transcribe | ok
            """)
        {
            PlayAsync = (backend, ingest) => PlayAsync(backend, ingest, static () => GoDeeperAsync(50)),
        },
        new(
            "story 2: streams started together are siblings",
            """
            http.server | GET / | ok | calls=5 | status_code=200
              gen_ai.chat | chat model-0 | ok | outcome=completed | chunks=1 | model=model-0
              gen_ai.chat | chat model-1 | ok | outcome=completed | chunks=1 | model=model-1
              gen_ai.chat | chat model-2 | ok | outcome=completed | chunks=1 | model=model-2
              gen_ai.chat | chat model-3 | ok | outcome=completed | chunks=1 | model=model-3
              gen_ai.chat | chat model-4 | ok | outcome=completed | chunks=1 | model=model-4
            """)
        {
            PlayAsync = (backend, ingest) => PlayAsync(backend, ingest, static () =>
                Task.WhenAll(Enumerable.Range(0, Calls).Select(static i => ReadAsync(ChunksAsync().TraceLlm(new LlmCall($"model-{i}") { Provider = "p" }))))),
        },
        new(
            "story 3: headers name the span that is live",
            """
            http.server | GET / | ok | status_code=200
              task | step 0 | ok
                http.client | GET | ok | status_code=200
              task | step 1 | ok
                http.client | GET | ok | status_code=200
              task | step 2 | ok
                http.client | GET | ok | status_code=200
            """)
        {
            PlayAsync = PlayHeadersAsync,
        },
        new(
            "story 4: a relayed generator has its tokens",
            """
            http.server | GET / | ok | output_tokens=4 | calls=1 | status_code=200
              gen_ai.chat | chat gpt-4o-mini | ok | outcome=completed | chunks=2 | model=gpt-4o-mini | input_tokens=11 | output_tokens=4 | total_tokens=15 | source=provider
            """)
        {
            PlayAsync = (backend, ingest) => PlayAsync(backend, ingest, static () => ReadAsync(
                RelayAsync().TraceLlm(new LlmCall("gpt-4o-mini") { Provider = "openai" }))),
        },
        .. new[] { true, false }.Select(static isStreamed => new BackendCase(
            $"story 5: refused credentials, {(isStreamed ? "streamed" : "whole")}",
            $"""
            http.server | GET / | internal_error | calls=1 | status_code=500 | type=System.ClientModel.ClientResultException
              gen_ai.invoke_agent | invoke_workflow answer | unauthenticated | status_code=401 | type=System.ClientModel.ClientResultException
                task | ask the model | unauthenticated | status_code=401 | type=System.ClientModel.ClientResultException
                  gen_ai.chat | chat m | unauthenticated{(isStreamed ? " | outcome=upstream_failed | chunks=0" : "")} | model=m | status_code=401 | type=System.ClientModel.ClientResultException
                    http.client | POST | unauthenticated | status_code=401 | type=401
            """)
        {
            IsError = true,
            PlayAsync = (backend, ingest) => PlayRefusalAsync(backend, ingest, isStreamed),
        }),
    ];

    public static Task<TestApp> StartAsync(IBackend backend, Delegate request) => TestApp.StartAsync(new TestAppSetup
    {
        WebHost = backend.Add,
        Tracing = tracing =>
        {
            tracing.AddOpenAIReaders();
            backend.Add(tracing);
        },
        Inside = app => app.MapGet("/", request),
    });

    private static string ExpectedOf(Ending ending)
    {
        var (status, outcome, chunks, error) = ending switch
        {
            Ending.Completed => ("ok", "completed", 3, ""),
            Ending.Failed => ("internal_error", "upstream_failed", 1, " | type=System.InvalidOperationException"),
            Ending.Stalled or Ending.TooLong => ("deadline_exceeded", "upstream_timed_out", 1, " | type=System.TimeoutException"),
            Ending.Drained => ("cancelled", "client_disconnected", 3, ""),
            Ending.HostStops => ("aborted", "server_stopping", 1, " | type=server_stopping"),
            Ending.ClientDoesNotRead => ("cancelled", "write_timed_out", 2, ""),
            _ => ("cancelled", "client_disconnected", 1, ""),
        };
        var source = ending is Ending.Completed or Ending.Drained ? "provider" : "partial";
        return $"""
            http.server | GET / | {status} | outcome={outcome} | output_tokens={chunks} | calls=1 | status_code=200{error}
              gen_ai.chat | chat m | {status} | outcome={outcome} | chunks={chunks} | model=m | input_tokens=7 | output_tokens={chunks} | total_tokens={7 + chunks} | source={source}{error}
            """;
    }

    private static async Task<SentryTransaction> PlayAsync(IBackend backend, SentryIngest ingest, Func<Task> request)
    {
        await using var app = await StartAsync(backend, request);
        await app.GetAsync("/");
        var transaction = await ingest.NextAsync();
        await app.StopAsync();
        return transaction;
    }

    private static async Task<SentryTransaction> PlayMainJobAsync(IBackend backend, SentryIngest ingest)
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        var model = new ChatClient(
            "gpt-4o-mini", new ApiKeyCredential(PlantedSecrets.ApiKey), new OpenAIClientOptions { Endpoint = new Uri(provider.BaseUrl) });
        await using var app = await StartAsync(backend, () => Results.TracedSse<StreamingChatCompletionUpdate, string>(
            model.CompleteChatStreamingAsync([new UserChatMessage(PlantedSecrets.Prompt)]),
            static update => update.ContentUpdate.Count == 0 ? null : new(update.ContentUpdate[0].Text),
            new LlmCall("gpt-4o-mini") { Provider = "openai" }));

        Assert.EndsWith("\n\n", await app.GetAsync("/"), StringComparison.Ordinal);
        var transaction = await ingest.NextAsync();
        await app.StopAsync();
        return transaction;
    }

    // Of an iterator, when its reader has its first chunk, over HTTP/1.1.
    private static EndingCell CellOf(Ending ending) => new(
        EndingShape.Iterator,
        ending,
        ending == Ending.ClientDoesNotRead ? EndingPhase.DuringBlockedWrite : EndingPhase.AfterFirstChunk,
        IsHttp2: false);

    private static async Task<SentryTransaction> PlayEndingAsync(EndingCell cell, IBackend backend, SentryIngest ingest)
    {
        // What is read on without its reader ends after its request.
        ingest.SpansMayBeLate = cell.Ending is Ending.Drained or Ending.DrainCut;
        var (clock, source) = (new TestClock(), new EndingSource(cell));
        var requestEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await EndingRun.StartAsync(cell, source, clock, requestEnded, backend);
        using var client = await EndingRun.ConnectAsync(cell, app);
        try
        {
            await client.SendAsync();
            await EndingRun.ReachAsync(cell, source, client, clock);
            var received = ingest.NextAsync();
            await EndingRun.EndAsync(cell, source, client, app, requestEnded.Task, clock);
            var last = EndingRun.ReadLastEventAsync(cell, client);
            var transaction = await clock.AdvanceUntilAsync(received, EndingRun.StepOf(cell.Ending));
            await last;
            await app.StopAsync();
            return transaction;
        }
        finally
        {
            source.EndTest();
        }
    }

    private static async Task<SentryTransaction> PlayHeadersAsync(IBackend backend, SentryIngest ingest)
    {
        await using var server = await RecordingServer.StartAsync();
        using var client = new HttpClient();
        var transaction = await PlayAsync(backend, ingest, async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                using var step = LlmTrace.StartTask($"step {i}");
                await client.GetStringAsync(server.Address);
            }
        });

        Assert.Equal(
            transaction.OfOp("http.client").OrderBy(static call => call.Start).Select(call => $"{transaction.TraceId}-{call.SpanId}-1"),
            server.Requests.Select(static request => request.SentryTrace));
        return transaction;
    }

    private static async Task<SentryTransaction> PlayRefusalAsync(IBackend backend, SentryIngest ingest, bool isStreamed)
    {
        await using var provider = await ScriptedOpenAi.StartAsync();
        provider.Script = new() { Status = System.Net.HttpStatusCode.Unauthorized };
        return await PlayAsync(backend, ingest, () => RefusedAsk.RunAsync("openai", provider.BaseUrl, isStreamed));
    }

    private static async Task GoDeeperAsync(int depth)
    {
        await Task.Yield();
        if (depth > 0)
        {
            await Task.Run(() => GoDeeperAsync(depth - 1)).ConfigureAwait(false);
            return;
        }

        LlmTrace.StartTool("transcribe").Dispose();
    }

    private static async IAsyncEnumerable<string> ChunksAsync()
    {
        await Task.Yield();
        yield return "a";
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> RelayAsync()
    {
        yield return new ChatResponseUpdate(ChatRole.Assistant, "Hello");
        await Task.Yield();
        yield return new ChatResponseUpdate(
            ChatRole.Assistant,
            [new TextContent("."), new UsageContent(new() { InputTokenCount = 11, OutputTokenCount = 4 })]);
    }

    private static async Task ReadAsync<T>(IAsyncEnumerable<T> answer)
    {
        await foreach (var _ in answer)
        {
        }
    }
}
