using System.Text.Json;
using LlmTracing.Tests.Integration.Documents;
using LlmTracing.Tests.Integration.Support;
using Microsoft.Playwright;

namespace LlmTracing.Tests.Integration.Sample.Page;

/// <summary>axe-core, which looks for what keeps people from using a page.</summary>
internal static class Axe
{
    private const string Script = "tests/Integration/Node/node_modules/axe-core/axe.min.js";

    /// <summary>Gives the serious and the critical faults of a page as it is now: rule, and the first element of it.</summary>
    public static async Task<IReadOnlyList<string>> FaultsAsync(IPage page)
    {
        var script = RepositoryFile.PathOf(Script);
        RealComponent.Require(File.Exists(script), "Needs axe-core: npm ci --prefix tests/Integration/Node");
        await page.EvaluateAsync(await File.ReadAllTextAsync(script, TestContext.Current.CancellationToken));
        var found = JsonElement.Parse(await page.EvaluateAsync<string>("async () => JSON.stringify((await axe.run()).violations)"));
        return
        [
            .. found.Elements().Where(static fault => fault.At("impact").AsText() is "serious" or "critical")
                .Select(static fault => $"{fault.At("id").AsText()}: {fault.At("nodes")[0].At("html").AsText()}"),
        ];
    }
}
