using System.Text.Json;
using LlmTracing.Benchmarks.Load.Client;

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
            var ingestAddress = new Uri(await ingest.ReadLineAsync());
            await using var client = ChildProcess.Start(["drive"], new Dictionary<string, string> { ["DOTNET_gcServer"] = "0" });
            List<Result> results = [];
            foreach (var scenario in Scenarios.Of(args.Contains("--quick")).Where(scenario => only is null || scenario.Name.Contains(only, StringComparison.Ordinal)))
            {
                results.Add(await MeasureAsync(scenario, client, ingestAddress, folder.FullName));
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

    private static async Task<Result> MeasureAsync(Scenario scenario, ChildProcess client, Uri ingest, string folder)
    {
        List<ServerProcess> servers = [];
        try
        {
            foreach (var variant in scenario.Variants)
            {
                servers.Add(await ServerProcess.StartAsync(variant, ingest, Path.Combine(folder, variant.ToString())));
            }

            var samples = servers.ToDictionary(static server => server.Variant, static _ => new List<Sample>());

            // The first turns are the compiler's.
            for (var turn = -2; turn < scenario.Pairs; turn++)
            {
                foreach (var server in servers)
                {
                    var sample = scenario.Plan.HoldsStreams
                        ? await HoldAsync(scenario, server, client)
                        : await LoadAsync(scenario, server, client);
                    if (turn >= 0)
                    {
                        samples[server.Variant].Add(sample);
                    }
                }
            }

            return new Result(scenario, samples);
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    private static async Task<Sample> LoadAsync(Scenario scenario, ServerProcess server, ChildProcess client)
    {
        var before = await server.UseAsync();
        await SendAsync(client, scenario.Plan with { Port = server.Port });
        var seen = await SeenAsync(client);
        return Sample.Of(scenario, before, await server.WhenNoneIsOpenAsync(), seen);
    }

    private static async Task<Sample> HoldAsync(Scenario scenario, ServerProcess server, ChildProcess client)
    {
        var closed = await server.UseAsync(scenario.MeasuresMemory);
        await SendAsync(client, scenario.Plan with { Port = server.Port });
        await client.ReadLineAsync();
        var open = await server.UseAsync(scenario.MeasuresMemory);
        await client.WriteLineAsync("leave");
        var seen = await SeenAsync(client);
        return Sample.Of(scenario, open, await server.WhenNoneIsOpenAsync(), seen) with
        {
            LivePerStream = (double)(open.LiveBytes - closed.LiveBytes) / scenario.Plan.Streams,
        };
    }

    private static Task SendAsync(ChildProcess client, LoadPlan plan) =>
        client.WriteLineAsync(JsonSerializer.Serialize(plan, ClientJson.Default.LoadPlan));

    private static async Task<LoadSeen> SeenAsync(ChildProcess client) =>
        JsonSerializer.Deserialize(await client.ReadLineAsync(), ClientJson.Default.LoadSeen)!;
}
