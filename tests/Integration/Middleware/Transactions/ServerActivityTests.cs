using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.Middleware.Transactions;

[Collection(RunsAlone.Name)]
public sealed class ServerActivityTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string ParentId = "b7ad6b7169203331";

    [Fact]
    public async Task Start_HostingMadeNoSpan_RequestIsATransactionAllTheSame()
    {
        var sink = new TransactionRecorder();
        await using var services = Services(sink);

        await InvokeAsync(services, NewContext(flags: "01"));
        var transaction = Assert.Single(sink.Requests);

        Assert.Equal("GET /chat/7", transaction.Root.Name);
        Assert.Equal(("LlmTracing", ActivityKind.Server), (transaction.Root.Source, transaction.Root.Kind));
        Assert.Equal((TraceId, ParentId), (transaction.TraceId.ToHexString(), transaction.Root.ParentSpanId.ToString()));
        Assert.Equal(204, transaction.Root[HttpAttributes.ResponseStatusCode]);
        Assert.Equal(transaction.Root.SpanId, Assert.Single(transaction.Spans).ParentSpanId);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public async Task Start_AnotherHostInTheProcess_DoesNotSeeTheRequest()
    {
        var (sink, otherSink) = (new TransactionRecorder(), new TransactionRecorder());
        await using var services = Services(sink);
        await using var other = Services(otherSink);
        _ = Pipeline(other);

        await InvokeAsync(services, NewContext(flags: "01"));

        Assert.Single(sink.Requests);
        Assert.Empty(otherSink.Requests);
    }

    [Fact]
    public async Task Start_HostHasAPropagatorOfItsOwn_TraceAndBaggageAreItsReading()
    {
        var sink = new TransactionRecorder();
        await using var services = Services(sink, propagator: new FixedPropagator());

        await InvokeAsync(services, new DefaultHttpContext());
        var transaction = Assert.Single(sink.Requests);

        Assert.Equal((TraceId, ParentId), (transaction.TraceId.ToHexString(), transaction.Root.ParentSpanId.ToString()));
        Assert.Equal([new("tenant", "t1")], transaction.Finished.Baggage);
    }

    [Theory]
    [InlineData("00", true)]
    [InlineData("01", false)]
    public async Task Start_UnsampledOrFilteredOut_NothingIsRecorded(string flags, bool isWanted)
    {
        var sink = new TransactionRecorder();
        await using var services = Services(sink, options => options.Filter = _ => isWanted);

        await InvokeAsync(services, NewContext(flags));

        Assert.Empty(sink.Of(ActivityTraceId.CreateFromString(TraceId)));
    }

    private static ServiceProvider Services(
        TransactionRecorder sink,
        Action<LlmTracingOptions>? configure = null,
        DistributedContextPropagator? propagator = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(propagator ?? DistributedContextPropagator.CreateW3CPropagator());
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLlmTracing(configure).AddTransactionRecorder(sink);
        return services.BuildServiceProvider();
    }

    private static DefaultHttpContext NewContext(string flags)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path) = ("GET", "/chat/7");
        context.Request.Headers.TraceParent = $"00-{TraceId}-{ParentId}-{flags}";
        return context;
    }

    private static async Task InvokeAsync(ServiceProvider services, DefaultHttpContext context)
    {
        context.RequestServices = services;
        await Pipeline(services)(context);
    }

    private static RequestDelegate Pipeline(ServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        app.UseLlmTracing();
        app.Run(static context =>
        {
            LlmTrace.StartTool("search").Dispose();
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        return app.Build();
    }

    private sealed class FixedPropagator : DistributedContextPropagator
    {
        public override IReadOnlyCollection<string> Fields => [];

        public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
        {
        }

        public override void ExtractTraceIdAndState(
            object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState) =>
            (traceId, traceState) = ($"00-{TraceId}-{ParentId}-01", null);

        public override IEnumerable<KeyValuePair<string, string?>> ExtractBaggage(
            object? carrier, PropagatorGetterCallback? getter) => [new("tenant", "t1")];
    }
}
