using System.Text.Json;
using LlmTracing.Benchmarks.Load.Client;
using LlmTracing.Benchmarks.Load.Server;

namespace LlmTracing.Benchmarks.Load.Run;

/// <summary>Runs the scenarios: every variant a process, in turns A B A B, so that a noisy moment hits all alike.</summary>
internal static class Measurement
{
    public static async Task<int> RunAsync(string[] args)
    {
        var only = args.SkipWhile(static argument => argument != "--only").ElementAtOrDefault(1);
        var folder = Directory.CreateTempSubdirectory("llmtracing-load-");
        try
        {
            await using var ingest = ChildProcess.Start(["ingest"]);
            using var delivery = new Delivery(new Uri(await ingest.ReadLineAsync()));
            await using var client = ChildProcess.Start(["drive"], new Dictionary<string, string> { ["DOTNET_gcServer"] = "0" });
            await using var servers = await Servers.StartAsync(delivery.Ingest, folder.FullName);
            await WarmUpAsync(servers, client, delivery);
            List<Result> results = [];
            foreach (var scenario in Scenarios.Of(args.Contains("--quick")).Where(scenario => only is null || scenario.Name.Contains(only, StringComparison.Ordinal)))
            {
                results.Add(await MeasureAsync(scenario, servers, client, delivery));
                Console.WriteLine(Report.Of(results[^1]));
            }

            Console.WriteLine(Targets.Of(results));
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // What the compiler does on the way would otherwise be most of what is measured: loops that run for long are compiled
    // anew until they have run some ten thousand times.
    private static async Task WarmUpAsync(Servers servers, ChildProcess client, Delivery delivery)
    {
        foreach (var warmUp in Scenarios.WarmUps())
        {
            foreach (var server in servers.Of(Enum.GetValues<Variant>()))
            {
                await LoadAsync(warmUp, server, client, delivery);
            }
        }
    }

    private static async Task<Result> MeasureAsync(Scenario scenario, Servers servers, ChildProcess client, Delivery delivery)
    {
        var samples = scenario.Variants.ToDictionary(static variant => variant, static _ => new List<Sample>());
        for (var turn = scenario.HasFirstTurn ? -1 : 0; turn < scenario.Pairs; turn++)
        {
            // There and back, so that what gets slower or faster all the time does so for all alike.
            var order = turn % 2 == 0 ? scenario.Variants : scenario.Variants.Reverse();
            foreach (var server in servers.Of(order))
            {
                var sample = scenario.Plan.HoldsStreams
                    ? await HoldAsync(scenario, server, client, delivery)
                    : await LoadAsync(scenario, server, client, delivery);
                if (turn >= 0)
                {
                    samples[server.Variant].Add(sample);
                }
            }
        }

        return new Result(scenario, samples).Checked();
    }

    private static async Task<Sample> LoadAsync(Scenario scenario, ServerProcess server, ChildProcess client, Delivery delivery)
    {
        var delivered = await delivery.CountAsync();
        var before = await server.UseAsync();
        await SendAsync(client, scenario.Plan with { Port = server.Port });
        var seen = await SeenAsync(client);
        return Sample.Of(scenario, before, await EndAsync(server, delivery, delivered + seen.Requests), seen);
    }

    private static async Task<Sample> HoldAsync(Scenario scenario, ServerProcess server, ChildProcess client, Delivery delivery)
    {
        var delivered = await delivery.CountAsync();
        var closed = await server.UseAsync(scenario.MeasuresMemory);
        await SendAsync(client, scenario.Plan with { Port = server.Port });
        await client.ReadLineAsync();
        var open = await server.UseAsync(scenario.MeasuresMemory);
        await Task.Delay(scenario.Beats);
        var held = await server.UseAsync();
        await client.WriteLineAsync("leave");
        var seen = await SeenAsync(client);
        return Sample.Of(scenario, held, await EndAsync(server, delivery, delivered + seen.Requests), seen) with
        {
            LivePerStream = (double)(open.LiveBytes - closed.LiveBytes) / scenario.Plan.Streams,
            CpuPerBeat = (held.CpuMicroseconds - open.CpuMicroseconds) / seen.Beats,
        };
    }

    // What a variant has still to send belongs to what was measured.
    private static async Task<ServerUse> EndAsync(ServerProcess server, Delivery delivery, int transactions)
    {
        await server.WhenNoneIsOpenAsync();
        if (server.Variant >= Variant.Sampled)
        {
            await delivery.ReachAsync(transactions);
        }

        return await server.UseAsync();
    }

    private static Task SendAsync(ChildProcess client, LoadPlan plan) =>
        client.WriteLineAsync(JsonSerializer.Serialize(plan, ClientJson.Default.LoadPlan));

    private static async Task<LoadSeen> SeenAsync(ChildProcess client) =>
        JsonSerializer.Deserialize(await client.ReadLineAsync(), ClientJson.Default.LoadSeen)!;
}
