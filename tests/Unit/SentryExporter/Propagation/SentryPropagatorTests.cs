using System.Diagnostics;
using LlmTracing.SentryExporter.Propagation;
using LlmTracing.Tests.Unit.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LlmTracing.Tests.Unit.SentryExporter.Propagation;

[Collection(Exclusive.Name)]
public sealed class SentryPropagatorTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Inject_TraceIsFrozen_AllocatesOneHeaderAndLittleElse(bool isRetry)
    {
        const int calls = 1_000;
        using var propagator = NewPropagator();
        using var root = new Activity("job").Start();
        var requests = Enumerable.Range(0, calls).Select(_ => NewRequest()).ToList();
        var headers = Inject(root, NewRequest());
        foreach (var request in isRetry ? requests : [])
        {
            Set(request, headers);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var request in requests)
        {
            propagator.Inject(root, request, null);
        }

        var injected = GC.GetAllocatedBytesForCurrentThread() - before;
        requests.ForEach(static request => request.Headers.Clear());
        before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var request in requests)
        {
            Set(request, headers);
        }

        // Beside what the message itself takes for headers: sentry-trace, 51 characters, for the others are kept; and what
        // enumerates the baggage of the span.
        var set = isRetry ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange((injected - set) / calls, 0, 512);

        IReadOnlyList<KeyValuePair<string, string>> Inject(Activity activity, HttpRequestMessage request)
        {
            propagator.Inject(activity, request, null);
            return [.. request.Headers.NonValidated.Select(static one => KeyValuePair.Create(one.Key, one.Value.ToString()))];
        }
    }

    [Fact]
    public void Inject_CarrierOfAnotherLibrary_IsWrittenByItsSetter()
    {
        using var propagator = NewPropagator();
        using var root = new Activity("job").Start();
        var headers = new Dictionary<string, string>();

        propagator.Inject(root, headers, static (carrier, name, value) =>
            ((Dictionary<string, string>)carrier!)[name] = value);

        Assert.Equal(["baggage", "sentry-trace", "traceparent"], headers.Keys.Order());
        Assert.Equal($"{root.TraceId}-{root.SpanId}-0", headers["sentry-trace"]);
    }

    [Fact]
    public void Inject_SetterThrows_NothingReachesTheCaller()
    {
        using var propagator = NewPropagator();
        using var root = new Activity("job").Start();

        propagator.Inject(root, new object(), static (_, _, _) => throw new InvalidOperationException("No headers here."));
        propagator.Inject(root, null, null);
        propagator.Inject(null, new object(), null);
    }

    [Fact]
    public void Extract_ValuesInSeveralHeaders_AreOne()
    {
        using var propagator = NewPropagator();

        var baggage = propagator.ExtractBaggage(null, static (object? _, string name, out string? value, out IEnumerable<string>? values) =>
        {
            value = null;
            values = name == "baggage" ? ["a=1", "b=2"] : null;
        });
        propagator.ExtractTraceIdAndState(null, null, out var traceId, out var traceState);

        // In reverse, as the contract of the base class has it.
        Assert.Equal([new("b", "2"), new("a", "1")], baggage);
        Assert.Equal((null, null), (traceId, traceState));
    }

    private static HttpRequestMessage NewRequest() => new(HttpMethod.Get, "https://orders.example.com/");

    private static void Set(HttpRequestMessage request, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            request.Headers.TryAddWithoutValidation(headers[i].Key, headers[i].Value);
        }
    }

    private static SentryPropagator NewPropagator() => new(
        new PropagationSettings(
            Options.Create(new SentryExporterOptions { Dsn = "https://key@o1.ingest.sentry.io/1" }),
            Options.Create(new LlmTracingOptions())),
        NullLoggerFactory.Instance);
}
