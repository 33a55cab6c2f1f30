using LlmTracing.Tests.SentrySdkPeers.Peers;

namespace LlmTracing.Tests.SentrySdkPeers;

/// <summary>An app with the Sentry SDK whose answers are traced in one of three ways, which docs/sentry-sdk.md compares.</summary>
internal static class Program
{
    private const int Calls = 5;

    public static void Main(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.WebHost.UseSentry(options =>
        {
            options.Dsn = builder.Configuration["SENTRY_DSN"] ?? "";
            options.TracesSampleRate = 1;
            options.DisableFileWrite = true;
            options.AutoSessionTracking = false;
        });
        IPeer peer = builder.Configuration["Peer"] switch
        {
            "ByHand" => new ByHand(),
            "ExtensionsAi" => new ExtensionsAi(),
            "Ours" => new Ours(),
            var other => throw new InvalidOperationException($"--Peer must be ByHand, ExtensionsAi or Ours, was '{other}'."),
        };
        peer.Add(builder);

        var app = builder.Build();

        // As in an app that speaks to the SDK while it starts: the SDK hears of the end of the process first, then.
        app.Services.GetRequiredService<IHub>().ConfigureScope(static scope => scope.SetTag("started", "yes"));
        peer.Use(app);
        Map(app, peer, new ScriptedModel());
        app.Run();
    }

    private static void Map(WebApplication app, IPeer peer, ScriptedModel model)
    {
        app.MapGet("/break-off", context => AnswerAsync(context, peer.Ask(model, Script.NeverEnds), chunks: 1));
        app.MapGet("/disconnect", context => AnswerAsync(context, peer.Ask(model, Script.NeverEnds)));
        app.MapGet("/killed", context => AnswerAsync(context, peer.Ask(model, Script.NeverEnds)));
        app.MapGet("/missing-usage", context => AnswerAsync(context, peer.Ask(model, Script.NoUsage)));
        app.MapGet("/running-totals", context => AnswerAsync(context, peer.Ask(model, Script.RunningTotals)));
        app.MapGet("/parallel", () => ReadTogetherAsync(() => peer.Ask(model, Script.NoUsage)));
        app.MapGet("/exit", async () =>
        {
            await foreach (var _ in peer.Ask(model, Script.NeverEnds))
            {
                Environment.Exit(1);
            }
        });

        // It does not end when the host stops, nor when its client leaves.
        app.MapGet("/stuck", async context =>
        {
            await context.Response.Body.FlushAsync();
            await new TaskCompletionSource().Task;
        });

        // For whoever has to know that the answer was cut off whose client left.
        app.MapGet("/when-cut-off", () => model.WhenCutOff);
    }

    private static async Task AnswerAsync(HttpContext context, IAsyncEnumerable<ChatResponseUpdate> answer, int chunks = int.MaxValue)
    {
        await foreach (var update in answer.WithCancellation(context.RequestAborted))
        {
            await context.Response.WriteAsync(update.Text, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (--chunks == 0)
            {
                break;
            }
        }
    }

    // None of them ends before the last has begun.
    private static async Task ReadTogetherAsync(Func<IAsyncEnumerable<ChatResponseUpdate>> ask)
    {
        var (begun, allHaveBegun) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => ReadAsync()));

        async Task ReadAsync()
        {
            await foreach (var update in ask())
            {
                if (Interlocked.Increment(ref begun) == Calls)
                {
                    allHaveBegun.SetResult();
                }

                await allHaveBegun.Task;
            }
        }
    }
}
