namespace LlmTracing.Benchmarks.Load.Run;

/// <summary>A server of each variant, which live as long as the measurement: an idle one takes nothing from the others.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly Dictionary<Variant, ServerProcess> _servers = [];

    public static async Task<Servers> StartAsync(Uri ingest, string folder)
    {
        var servers = new Servers();
        foreach (var variant in Enum.GetValues<Variant>())
        {
            servers._servers[variant] = await ServerProcess.StartAsync(variant, ingest, Path.Combine(folder, variant.ToString()));
        }

        return servers;
    }

    public IEnumerable<ServerProcess> Of(IEnumerable<Variant> variants) => variants.Select(variant => _servers[variant]);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }
    }
}
