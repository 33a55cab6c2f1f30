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
    [InlineData(0, false, 720)]
    [InlineData(0, true, 720)]
    [InlineData(8, false, 848)]
    [InlineData(64, false, 848)]
    public void Inject_TraceIsFrozen_AllocatesOneHeaderAndLittleElse(int incoming, bool isRetry, int most)
    {
        const int calls = 1_000;
        using var propagator = NewPropagator();
        using var requests = new RequestSource();
        using var root = requests.Start(Enumerable.Range(0, incoming).Select(static i => ($"key{i}", "v")));
        var messages = Enumerable.Range(0, calls).Select(_ => NewRequest()).ToList();
        var first = NewRequest();
        propagator.Inject(root, first, null);
        foreach (var message in isRetry ? messages : [])
        {
            propagator.Inject(root, message, null);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var message in messages)
        {
            propagator.Inject(root, message, null);
        }

        var injected = GC.GetAllocatedBytesForCurrentThread() - before;
        var headers = first.Headers.NonValidated.Select(static one => KeyValuePair.Create(one.Key, one.Value.ToString())).ToList();
        messages.ForEach(static message => message.Headers.Clear());
        before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var message in messages)
        {
            Set(message, headers);
        }

        // Beside what the message itself takes for headers: sentry-trace, 51 characters, for the others are kept; what the
        // message takes to remember them; and what enumerates the baggage of the span.
        var set = isRetry ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange((injected - set) / calls, 0, most);
    }

    [Fact]
    public void Inject_RequestHadBaggage_SendsWhatTheAppAddedAndNothingElse()
    {
        using var propagator = NewPropagator();
        using var requests = new RequestSource();
        using var root = requests.Start([("in", "1"), ("copied", "1"), ("changed", "1"), ("removed", "1"), ("last", "1")]);
        Assert.Null(AppsBaggage(propagator, root));

        // The same as came in, even as the very same objects, and beneath its span too.
        var copied = root.Baggage.Single(static member => member.Key == "copied");
        root.AddBaggage("in", "1").AddBaggage(copied.Key, copied.Value);
        using var child = new Activity("child").Start();
        child.AddBaggage("child", "1").AddBaggage("sentry-mine", "1");
        Assert.Equal("child=1,copied=1,in=1", AppsBaggage(propagator, child));

        root.SetBaggage("changed", "2").SetBaggage("removed", null).SetBaggage("last", "1");
        Assert.Equal("copied=1,in=1,changed=2,last=1", AppsBaggage(propagator, root));
    }

    [Fact]
    public void Inject_RequestHadSentrysBaggage_PassesItOnWithoutShowingIt()
    {
        using var propagator = NewPropagator();
        using var requests = new RequestSource();
        using var root = requests.Start([("sentry-trace_id", "ab"), ("sentry-release", "web@1"), ("tenant", "t1")]);
        root.AddBaggage("sentry-mine", "1");
        var message = NewRequest();

        propagator.Inject(root, message, null);

        Assert.Equal("sentry-trace_id=ab,sentry-release=web%401", message.Headers.GetValues("baggage").Single());
        Assert.Equal(["sentry-mine", "tenant"], root.Baggage.Select(static member => member.Key));
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

    private static string? AppsBaggage(SentryPropagator propagator, Activity span)
    {
        var message = NewRequest();
        propagator.Inject(span, message, null);
        var members = message.Headers.GetValues("baggage").Single().Split(',');
        return string.Join(',', members.Where(static one => !one.StartsWith("sentry-", StringComparison.Ordinal))) is { Length: > 0 } apps
            ? apps
            : null;
    }

    private static HttpRequestMessage NewRequest() => new(HttpMethod.Get, "https://orders.example.com/");

    private static void Set(HttpRequestMessage request, List<KeyValuePair<string, string>> headers)
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

    /// <summary>Makes spans as the server does: with the baggage that came in, before they start.</summary>
    private sealed class RequestSource : IDisposable
    {
        private readonly ActivitySource _source = new("Microsoft.AspNetCore");
        private readonly ActivityListener _listener = new()
        {
            ShouldListenTo = static source => source.Name == "Microsoft.AspNetCore",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };

        public RequestSource() => ActivitySource.AddActivityListener(_listener);

        public Activity Start(IEnumerable<(string Key, string Value)> incoming)
        {
            Activity.Current = null;
            var span = _source.CreateActivity("request", ActivityKind.Server)!;
            foreach (var (key, value) in incoming.Reverse())
            {
                // As from a header: no key is an object that the app has too.
                span.AddBaggage(new string(key.AsSpan()), value);
            }

            return span.Start();
        }

        public void Dispose()
        {
            _listener.Dispose();
            _source.Dispose();
        }
    }
}
