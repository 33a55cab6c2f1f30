using LlmTracing.Tests.Integration.Support;
using Microsoft.Extensions.Options;

namespace LlmTracing.Tests.Integration.Middleware;

public sealed class LlmTracingOptionsValidatorTests
{
    [Fact]
    public async Task Start_EverySettingWrong_FailsNamingEach()
    {
        var setup = new TestAppSetup
        {
            Configuration = new Dictionary<string, string?>
            {
                ["LlmTracing:TracesSampleRate"] = "1.5",
                ["LlmTracing:ChildLimit"] = "00:10:01",
                ["LlmTracing:ShutdownTimeout"] = "-00:00:01",
                ["LlmTracing:Sources:0"] = " ",
                ["LlmTracing:Sse:Completion"] = "7",
            },
            Options = static options => options.Filter = null!,
        };

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(setup));

        Assert.Equal(
            [
                "Property Filter: must not be null; to trace every request, leave it as it is.",
                "Property TracesSampleRate: must be 0 to 1, was 1.5.",
                "Property ChildLimit: must be 00:00:00 to 00:10:00, was 00:10:01.",
                "Property ShutdownTimeout: must be 00:00:00 to 00:01:00, was -00:00:01.",
                "Property Sources: must name activity sources; one of its names is empty.",
                "Property Sse.Completion: must be one of Event, OpenAiDone, None, was 7.",
            ],
            exception.Failures);
    }

    [Theory]
    [InlineData("0", "00:00:00", "00:00:00")]
    [InlineData("1", "00:10:00", "00:01:00")]
    public async Task Start_SettingsAtTheirLimits_Succeeds(string rate, string childLimit, string shutdownTimeout)
    {
        await using var app = await TestApp.StartAsync(new TestAppSetup
        {
            Configuration = new Dictionary<string, string?>
            {
                ["LlmTracing:TracesSampleRate"] = rate,
                ["LlmTracing:ChildLimit"] = childLimit,
                ["LlmTracing:ShutdownTimeout"] = shutdownTimeout,
            },
        });

        Assert.Empty(app.Logs.Errors);
    }

    [Fact]
    public async Task Start_SampleRateNotANumber_Fails()
    {
        var setup = new TestAppSetup { Options = static options => options.TracesSampleRate = double.NaN };

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(setup));

        Assert.Equal(["Property TracesSampleRate: must be 0 to 1, was NaN."], exception.Failures);
    }
}
