using LlmTracing.Tests.Integration.Support;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Testing;

public sealed class TransactionRecorderServiceExtensionsTests
{
    [Fact]
    public void AddTransactionRecorder_SinkAddedBefore_IsReplaced()
    {
        var (services, recorder) = (new ServiceCollection(), new TransactionRecorder());

        services.AddLlmTracing().AddTransactionSink<FlushSink>().AddTransactionRecorder(recorder);

        Assert.Equal([recorder], SinksOf(services));
    }

    [Fact]
    public void AddTransactionRecorder_KeepOtherSinks_StandsBesideThem()
    {
        var (services, recorder) = (new ServiceCollection(), new TransactionRecorder());

        services.AddLlmTracing().AddTransactionSink<FlushSink>().AddTransactionRecorder(recorder, keepOtherSinks: true);

        Assert.Collection(
            SinksOf(services), static sink => Assert.IsType<FlushSink>(sink), sink => Assert.Same(recorder, sink));
    }

    [Fact]
    public void AddTransactionRecorder_WithoutLlmTracing_FailsNamingTheMissingCall()
    {
        var failure = Assert.Throws<InvalidOperationException>(
            static () => new ServiceCollection().AddTransactionRecorder(new TransactionRecorder()));

        Assert.Equal(
            "The recorder would never see a transaction: the app does not call builder.Services.AddLlmTracing().",
            failure.Message);
    }

    private static IEnumerable<ITransactionSink> SinksOf(ServiceCollection services) =>
        services.BuildServiceProvider().GetServices<ITransactionSink>();
}
