using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Streaming.Programs;

/// <summary>Runs programs one after the other, each in a request of one real app, and compares what it records.</summary>
internal sealed class ProgramHost : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly HttpClient _http;
    private TestApp _app = null!;
    private SpanProgram _program = new();
    private Exception? _fault;
    private int _runs;

    private ProgramHost(LoopbackServer server)
    {
        _server = server;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}/") };
    }

    public static async Task<ProgramHost> StartAsync()
    {
        var host = new ProgramHost(await LoopbackServer.StartAsync(static (_, _) => Task.CompletedTask));
        host._app = await TestApp.StartAsync(app => app.MapGet("/run/{number}", host.RunAsync));
        return host;
    }

    /// <summary>Runs a program and fails, with the program, where its spans are not those expected.</summary>
    public async Task CheckAsync(SpanProgram program)
    {
        _program = program;
        var expected = ExpectedRun.Of(program);
        using var response = await _app.SendAsync("GET", $"/run/{++_runs}");
        if (_fault is not null)
        {
            throw new InvalidOperationException($"It could not be run:\n{program}", _fault);
        }

        var differences = new RecordedTree(await NextAsync()).DifferencesFrom(expected).ToList();
        if (differences.Count > 0)
        {
            Assert.Fail($"The program\n{program}\n\nis not what was recorded:\n{string.Join('\n', differences)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
        await _server.DisposeAsync();
    }

    // What is left of a program that failed is not the next one's.
    private async Task<RecordedTransaction> NextAsync()
    {
        while (true)
        {
            var transaction = await _app.Sink.NextAsync();
            if (transaction.Root[HttpAttributes.UrlPath] is string path && path == $"/run/{_runs}")
            {
                return transaction;
            }
        }
    }

    private async Task RunAsync(HttpContext context)
    {
        try
        {
            _fault = null;
            await new ProgramRun(_http).RunAsync(_program.Steps, "p");
        }
        catch (PlannedFailureException)
        {
            context.Response.StatusCode = 202;
        }
        catch (Exception exception)
        {
            _fault = exception;
        }
    }
}
