using System.Diagnostics;
using LlmTracing.Tests.Integration.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LlmTracing.Tests.Integration.SentryExporter.Propagation;

/// <summary>
/// One message sent twice, as retries do: what was written for the first attempt is neither for another host nor the app's.
/// </summary>
[Collection(RunsAlone.Name)]
public sealed class RetriedMessageTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SecondAttempt_GoesToAHostThatIsNoTarget_HasOnlyWhatTheAppSet(bool allowsRedirects)
    {
        await using var target = await RecordingServer.StartAsync();
        await using var other = await RecordingServer.StartAsync();
        await using var app = await StartAsync(
            target, allowsRedirects, message => message.RequestUri = other.Address, "by-hand=1");

        await app.GetAsync("/");

        Assert.NotNull(Assert.Single(target.Requests).SentryTrace);
        Assert.EndsWith(",by-hand=1,tenant=a,attempt=1", Assert.Single(target.Requests).Baggage, StringComparison.Ordinal);
        var sent = Assert.Single(other.Requests);
        Assert.Equal(allowsRedirects ? ["Host"] : ["Host", "baggage"], sent.Headers.Keys.Order(StringComparer.Ordinal));

        // Where redirects are allowed the platform itself clears the headers between attempts, and takes the app's for ours.
        Assert.Equal(allowsRedirects ? null : "by-hand=1", sent.Baggage);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SecondAttempt_AppHasChangedItsBaggage_SendsWhatIsNow(bool allowsRedirects)
    {
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(
            server, allowsRedirects, static _ => Activity.Current!.SetBaggage("attempt", "2").SetBaggage("tenant", null));

        await app.GetAsync("/");

        Assert.Equal(
            ["tenant=a,attempt=1", "attempt=2"],
            server.Requests.Select(static one => string.Join(',', one.Baggage!.Split(',').Where(IsApps))));
    }

    [Fact]
    public async Task SecondAttempt_AppHasSetAnotherHeader_SendsThat()
    {
        await using var server = await RecordingServer.StartAsync();
        await using var app = await StartAsync(
            server,
            allowsRedirects: false,
            static message =>
            {
                message.Headers.Remove("baggage");
                message.Headers.Add("baggage", "by-hand=2");
            },
            "by-hand=1");

        await app.GetAsync("/");

        Assert.Equal(
            ["by-hand=1,tenant=a,attempt=1", "by-hand=2,tenant=a,attempt=1"],
            server.Requests.Select(static one => string.Join(',', one.Baggage!.Split(',').Where(IsApps))));
    }

    private static bool IsApps(string member) => !member.StartsWith("sentry-", StringComparison.Ordinal);

    private static Task<TestApp> StartAsync(
        RecordingServer first, bool allowsRedirects, Action<HttpRequestMessage> between, string? header = null)
    {
        return TestApp.StartAsync(new TestAppSetup
        {
            Tracing = tracing => tracing.AddSentryExporter(options =>
            {
                options.Dsn = "http://public@127.0.0.1:9/1";
                options.PropagationTargets = [first.Host];
            }),
            Inside = app => app.MapGet("/", SendAsync),
        });

        async Task SendAsync()
        {
            Activity.Current!.AddBaggage("attempt", "1").AddBaggage("tenant", "a");
            using var handler = new TwiceHandler(new SocketsHttpHandler { AllowAutoRedirect = allowsRedirects }, between);
            using var client = new HttpClient(handler);
            using var message = new HttpRequestMessage(HttpMethod.Get, first.Address);
            if (header is not null)
            {
                message.Headers.Add("baggage", header);
            }

            using var response = await client.SendAsync(message);
        }
    }

    private sealed class TwiceHandler(HttpMessageHandler inner, Action<HttpRequestMessage> between) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (await base.SendAsync(request, cancellationToken)).Dispose();
            between(request);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
