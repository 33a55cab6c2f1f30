using LlmTracing.Benchmarks.Load;
using LlmTracing.Benchmarks.Load.Client;
using LlmTracing.Benchmarks.Load.Run;
using LlmTracing.Benchmarks.Load.Server;

// Without arguments it measures, and starts itself in the other two parts, each a process of its own:
// dotnet run -c Release --project benchmarks/Load [-- --quick] [--only scenario]
return args switch
{
    ["serve", var variant, .. var rest] => await StreamServer.RunAsync(Enum.Parse<Variant>(variant), rest),
    ["ingest"] => await IngestServer.RunAsync(),
    ["drive", ..] => await LoadClient.RunAsync(),
    _ => await Measurement.RunAsync(args),
};
