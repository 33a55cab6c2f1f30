using System.Diagnostics;
using LlmTracing.SentryExporter.Propagation;
using Microsoft.Extensions.Options;

namespace LlmTracing.Tests.Unit.SentryExporter.Propagation;

public sealed class FrozenBaggageTests
{
    private static readonly PropagationSettings Settings = new(
        Options.Create(new SentryExporterOptions { Dsn = "https://key@o1.ingest.sentry.io/1", Release = "shop@1" }),
        Options.Create(new LlmTracingOptions()));

    [Fact]
    public void Of_RootRenamedAfterwards_StaysAsItWas()
    {
        using var root = new Activity("first").Start();

        var frozen = FrozenBaggage.Of(root, isSampled: true, Settings);
        root.DisplayName = "second";

        Assert.Same(frozen, FrozenBaggage.Of(root, isSampled: true, Settings));
        Assert.EndsWith(
            "sentry-sampled=true,sentry-release=shop%401,sentry-transaction=first,sentry-org_id=1",
            frozen.Header,
            StringComparison.Ordinal);
        Assert.Same(frozen.Members, root.GetCustomProperty(FinishedTransaction.TraceBaggageProperty));

        // Where a client with a propagator of its own would find them, and send them to anyone.
        Assert.Empty(root.Baggage);
    }

    [Fact]
    public void Of_RequestWithoutARoute_LeavesItsAddressOut()
    {
        using var source = new ActivitySource("LlmTracing.Tests.Unit.Frozen");
        using var listener = new ActivityListener
        {
            ShouldListenTo = other => ReferenceEquals(other, source),
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        Activity.Current = null;
        using var root = source.StartActivity("GET /users/42", ActivityKind.Server)!;

        Assert.DoesNotContain("transaction", FrozenBaggage.Of(root, true, Settings).Header, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NoDsn_HasNothingToSay()
    {
        using var root = new Activity("job").Start();

        var settings = new PropagationSettings(
            Options.Create(new SentryExporterOptions()), Options.Create(new LlmTracingOptions()));

        Assert.Null(FrozenBaggage.Of(root, true, settings).Header);
    }

    [Fact]
    public async Task Of_SeveralThreadsAtOnce_FreezeOne()
    {
        const int threads = 4;
        const int rounds = 2_000;
        using var barrier = new Barrier(threads);
        var roots = Enumerable.Range(0, rounds).Select(static i => new Activity($"job {i}")).ToArray();
        Activity.Current = null;
        foreach (var root in roots)
        {
            root.Start().Stop();
        }

        var frozen = await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(
            () => roots.Select(root =>
            {
                barrier.SignalAndWait(TestContext.Current.CancellationToken);
                return FrozenBaggage.Of(root, isSampled: true, Settings);
            }).ToArray(),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.All(Enumerable.Range(0, rounds), i => Assert.Single(frozen.Select(one => one[i]).Distinct()));
    }
}
