using System.Net;
using System.Text.Json;

namespace LlmTracing.Benchmarks.Load.Client;

/// <summary>The client's process: a plan on its input, line by line, and what came of it on its output.</summary>
internal static class LoadClient
{
    public static async Task<int> RunAsync()
    {
        while (await Console.In.ReadLineAsync() is { Length: > 0 } line)
        {
            var plan = JsonSerializer.Deserialize(line, ClientJson.Default.LoadPlan)!;
            var seen = plan.HoldsStreams ? await HoldAsync(plan) : await ReadAsync(plan);
            Console.WriteLine(JsonSerializer.Serialize(seen, ClientJson.Default.LoadSeen));
        }

        return 0;
    }

    private static async Task<LoadSeen> ReadAsync(LoadPlan plan)
    {
        var server = new IPEndPoint(IPAddress.Loopback, plan.Port);
        var until = new RequestBudget(plan.Requests);
        var streams = await Task.WhenAll(Enumerable.Range(0, plan.Streams).Select(i =>
            Task.Run(() => StreamReader.ReadAllAsync(server, plan, until, isStamped: plan.StampsEvery > 0 && i % plan.StampsEvery == 0))));
        return LoadSeen.Of(streams);
    }

    // Opens all, says so, and leaves them at a word: closed properly, or as a network that is gone.
    private static async Task<LoadSeen> HoldAsync(LoadPlan plan)
    {
        var server = new IPEndPoint(IPAddress.Loopback, plan.Port);
        var open = await Task.WhenAll(Enumerable.Range(0, plan.Streams).Select(_ => StreamReader.OpenAsync(server, plan)));
        Console.WriteLine("open");
        await Console.In.ReadLineAsync();
        foreach (var socket in open)
        {
            socket.LingerState = new System.Net.Sockets.LingerOption(plan.Resets, 0);
            socket.Dispose();
        }

        return new LoadSeen { Requests = plan.Streams };
    }
}
