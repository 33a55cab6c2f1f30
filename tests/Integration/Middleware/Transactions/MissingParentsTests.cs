using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Middleware.Transactions;

/// <summary>Which of many roots are looked into: each look walks the stack.</summary>
[Collection(RunsAlone.Name)]
public sealed class MissingParentsTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Add_ManyRootsAtOnce_LooksAtTenNewNamesAndTenOthersASecond()
    {
        await using var app = await StartAsync();

        for (var i = 0; i < 20; i++)
        {
            Begin($"number {i % 10}");
        }

        LlmTrace.StartTask("too many").Dispose();
        _time.Advance(TimeSpan.FromMilliseconds(999));
        LlmTrace.StartTask("too many").Dispose();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        LlmTrace.StartTask("next second").Dispose();

        Assert.Equal(["number 0", "next second"], NamesWarnedOf(app));
        Assert.All(
            app.Logs.Of("ParentNotFound"),
            static entry => Assert.Contains(nameof(MissingParentsTests), entry.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Add_TenPlacesOfOneNameAtOnce_WarnsOfEach()
    {
        await using var app = await StartAsync();

        LlmTrace.StartTask("step").Dispose();
        LlmTrace.StartTask("step").Dispose();
        LlmTrace.StartTask("step").Dispose();
        LlmTrace.StartTask("step").Dispose();
        LlmTrace.StartTask("step").Dispose();
        LlmTrace.StartTask("step").Dispose();
        LlmTrace.StartTask("step").Dispose();
        LlmTrace.StartTask("step").Dispose();
        LlmTrace.StartTask("step").Dispose();
        LlmTrace.StartTask("step").Dispose();

        Assert.Equal(10, NamesWarnedOf(app).Count());
    }

    [Fact]
    public async Task Add_PlaceWithoutEndOfAnotherName_RareOneIsWarnedOfAtOnce()
    {
        await using var app = await StartAsync();

        for (var i = 0; i < 1000; i++)
        {
            Begin("all the time");
        }

        LlmTrace.StartTask("rare").Dispose();

        Assert.Equal(["all the time", "rare"], NamesWarnedOf(app));
    }

    [Fact]
    public async Task Add_PlaceWithoutEndOfTheSameName_RareOneIsWarnedOfInTime()
    {
        await using var app = await StartAsync();

        // Each second the rare one has a chance of better than one in ten.
        for (var second = 0; second < 1000 && NamesWarnedOf(app).Count() < 2; second++)
        {
            for (var i = 0; i < 50; i++)
            {
                Begin("step");
            }

            LlmTrace.StartTask("step").Dispose();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["step", "step"], NamesWarnedOf(app));
    }

    private static void Begin(string name) => LlmTrace.StartTask(name).Dispose();

    private static IEnumerable<string> NamesWarnedOf(TestApp app) =>
        app.Logs.Of("ParentNotFound").Select(static entry => entry.Message.Split('\'')[1]);

    // Not async: what it makes current must be so in the test.
    private Task<TestApp> StartAsync()
    {
        Activity.Current = null;
        return TestApp.StartAsync(new TestAppSetup
        {
            Services = services => services.AddSingleton<TimeProvider>(_time),
        });
    }
}
