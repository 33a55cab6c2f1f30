using System.Net;
using System.Net.Sockets;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Sample;

public sealed class StartUpTests
{
    [Theory]
    [InlineData("--Llm:Provider=acme", "Llm:Provider is 'acme': set it to demo, openai or anthropic.\n")]
    [InlineData(
        "--Llm:Provider=openai",
        "Llm:ApiKey is missing: set Llm__ApiKey to your OpenAI key (a local server takes any text).\n")]
    [InlineData(
        "--Llm:Provider=anthropic", "Llm:ApiKey is missing: set Llm__ApiKey to your Anthropic key.\n")]
    [InlineData(
        "--Llm:Provider=openai --Llm:ApiKey=any --Llm:BaseUrl=nonsense",
        "Llm:BaseUrl is 'nonsense': set it to an address like http://localhost:11434/v1.\n")]
    public async Task Start_UnusableLlmSettings_FailsWithOneSentence(string argument, string sentence)
    {
        var (exitCode, error, _) = await SampleProcess.RunAsync(argument.Split(' '));

        Assert.Equal((1, sentence), (exitCode, error));
    }

    [Theory]
    [InlineData("--SENTRY_DSN=https://example.com/1", "Property Dsn: (SENTRY_DSN) must look like https://PUBLIC_KEY@HOST/PROJECT")]
    [InlineData("--SENTRY_TRACES_SAMPLE_RATE=lots", "SENTRY_TRACES_SAMPLE_RATE must be 0 to 1, was 'lots'.")]
    [InlineData("--LlmTracing:TracesSampleRate=2", "Property TracesSampleRate: must be 0 to 1, was 2.")]
    public async Task Start_UnusableTracingSettings_FailsNamingThem(string argument, string expected)
    {
        var (exitCode, error, _) = await SampleProcess.RunAsync(argument);

        Assert.Equal(1, exitCode);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.EndsWith(".\n", error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("5094", "Invalid url: '5094'")]
    [InlineData("http://192.0.2.1:5080", "")]
    public async Task Start_AddressThatIsNone_FailsWithOneSentence(string address, string reason)
    {
        var (exitCode, error, _) = await SampleProcess.RunAsync("--urls", address);

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"The app cannot listen there: {reason}", error, StringComparison.Ordinal);
        Assert.EndsWith(" An address is like http://localhost:5080, by Urls or --urls.\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortIsTaken_FailsWithOneSentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://{taken.LocalEndpoint}";

        // With its own settings, which keep the host from logging the same with a trace of the stack.
        var (exitCode, error, output) = await SampleProcess.RunAsync(
            "--urls", address, $"--contentRoot={AppContext.BaseDirectory}");

        Assert.Equal(
            (1, $"Failed to bind to address {address}: address already in use. End what listens there, or choose another: "
                + "--urls http://localhost:5081\n"),
            (exitCode, error));
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }
}
