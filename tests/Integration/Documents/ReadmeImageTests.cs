using LlmTracing.Tests.Integration.Sample;

namespace LlmTracing.Tests.Integration.Documents;

/// <summary>The README's pictures are of the page as it is: whoever changes that renews them.</summary>
public sealed class ReadmeImageTests
{
    [Fact]
    public void Picture_OfThePage_IsOfItsFilesAsTheyAre() => Assert.True(
        RepositoryFile.Read(Screenshot.PageFile).Trim() == Screenshot.PageHash(),
        "The sample's page has changed since its picture was taken: run ChatPageTests once with UPDATE_SCREENSHOTS=1.");
}
