using System.Security.Cryptography;
using System.Text;
using LlmTracing.Tests.Integration.Documents;
using Microsoft.Playwright;

namespace LlmTracing.Tests.Integration.Sample;

/// <summary>Pictures of what a browser shows: kept by each run, and in the documents when that is asked for.</summary>
internal static class Screenshot
{
    /// <summary>What says which page the documents' pictures are of.</summary>
    public const string PageFile = "docs/images/page.sha256";

    private const string UpdateVariable = "UPDATE_SCREENSHOTS";

    /// <summary>Keeps one in <c>artifacts/screenshots</c>; with UPDATE_SCREENSHOTS=1, the documents' own of that name too.</summary>
    public static async Task KeepAsync(IPage page, string name)
    {
        var path = RepositoryFile.PathOf($"artifacts/screenshots/{name}.png");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = path });
        var ofDocuments = RepositoryFile.PathOf($"docs/images/{name}.png");
        if (Environment.GetEnvironmentVariable(UpdateVariable) is not null && File.Exists(ofDocuments))
        {
            File.Copy(path, ofDocuments, overwrite: true);
            await File.WriteAllTextAsync(RepositoryFile.PathOf(PageFile), PageHash() + "\n");
        }
    }

    /// <summary>Tells the pages apart that pictures were taken of: a hash of the files of the sample's.</summary>
    public static string PageHash()
    {
        var files = RepositoryFile.PathsIn("samples/SseChatApi/wwwroot", "*");
        var text = string.Concat(files.Select(static file => $"{file}\n{RepositoryFile.Read(file)}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
