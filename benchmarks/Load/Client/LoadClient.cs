using System.Net.Sockets;
using System.Text.Json;

namespace LlmTracing.Benchmarks.Load.Client;

/// <summary>The client's process: a plan on its input, line by line, and what came of it on its output.</summary>
internal static class LoadClient
{
    // Kestrel lets 512 wait to be accepted; one that is turned away asks again after a second.
    private static readonly ParallelOptions FewAtOnce = new() { MaxDegreeOfParallelism = 128 };

    public static async Task<int> RunAsync()
    {
        var lengths = new BodyLengths();
        while (await Console.In.ReadLineAsync() is { Length: > 0 } line)
        {
            var plan = JsonSerializer.Deserialize(line, ClientJson.Default.LoadPlan)!;
            var seen = plan.HoldsStreams ? await HoldAsync(plan) : await ReadAsync(plan, lengths);
            Console.WriteLine(JsonSerializer.Serialize(seen, ClientJson.Default.LoadSeen));
        }

        return 0;
    }

    // All are connected before the first asks, and ask one after the other.
    private static async Task<LoadSeen> ReadAsync(LoadPlan plan, BodyLengths lengths)
    {
        var sockets = await EachAsync(plan, Connection.ConnectAsync);
        var budget = new RequestBudget(plan.Requests);
        var streams = await Task.WhenAll(sockets.Select((socket, i) => Task.Run(async () =>
        {
            using var connected = socket;
            await Task.Delay(TimeSpan.FromMilliseconds((double)plan.StartSpread * i / plan.Streams));
            return await new StreamReader(plan, budget, lengths).ReadAllAsync(connected);
        })));
        return LoadSeen.Of(streams) with { BodyLength = lengths.Of(plan) };
    }

    // Opens all, says so, and leaves them at a word: closed properly, or as a network that is gone.
    private static async Task<LoadSeen> HoldAsync(LoadPlan plan)
    {
        var open = await EachAsync(plan, Connection.OpenAsync);
        _ = open.Sum(Connection.CountBeats);
        Console.WriteLine("open");
        await Console.In.ReadLineAsync();
        var beats = open.Sum(Connection.CountBeats);
        foreach (var socket in open)
        {
            socket.LingerState = new LingerOption(plan.Resets, 0);
            socket.Dispose();
        }

        return new LoadSeen { Requests = plan.Streams, Beats = beats };
    }

    private static async Task<Socket[]> EachAsync(LoadPlan plan, Func<LoadPlan, Task<Socket>> open)
    {
        var sockets = new Socket[plan.Streams];
        await Parallel.ForAsync(0, plan.Streams, FewAtOnce, async (i, _) => sockets[i] = await open(plan));
        return sockets;
    }
}
