using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.Integration.Streaming.Programs;

[Collection(RunsAlone.Name)]
public sealed class SpanProgramTests
{
    // For longer runs, and for one that failed: FsCheck's message ends with the three numbers to replay it.
    private static readonly int Programs =
        int.Parse(Environment.GetEnvironmentVariable("PROGRAMS") ?? "2000", CultureInfo.InvariantCulture);

    private static readonly string? Replayed = Environment.GetEnvironmentVariable("PROGRAMS_REPLAY");

    [Fact]
    public async Task RecordedTree_OfRandomPrograms_IsTheProgramsTree()
    {
        await using var host = await ProgramHost.StartAsync();
        var everyProgram = Prop.ForAll(ProgramGenerator.Programs, program => host.CheckAsync(program));

        // FsCheck blocks the thread that it runs on, which should not be one that the programs need.
        await Task.Factory.StartNew(
            () => Check.One(Settings(), everyProgram),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    private static Config Settings()
    {
        var settings = Config.QuickThrowOnFailure.WithMaxTest(Programs);
        if (Replayed is null)
        {
            return settings;
        }

        var numbers = Replayed.Trim('(', ')').Split(',');
        var seed = new Rnd(
            ulong.Parse(numbers[0], CultureInfo.InvariantCulture), ulong.Parse(numbers[1], CultureInfo.InvariantCulture));
        var size = int.Parse(numbers[2], CultureInfo.InvariantCulture);
        return settings.WithReplay(new Replay(seed, size));
    }
}
