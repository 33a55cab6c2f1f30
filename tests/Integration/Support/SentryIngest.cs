using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace LlmTracing.Tests.Integration.Support;

/// <summary>
/// A Sentry server on loopback that accepts envelopes and holds each to the strict rules. A deviation fails the test:
/// at the next read, and at the latest when this is disposed of.
/// </summary>
internal sealed class SentryIngest : IAsyncDisposable
{
    public const string PublicKey = "public";
    public const string EnvelopePath = "/api/1/envelope/";

    // Null marks an envelope that could not be used: it wakes a reader, who then fails with the deviations.
    private readonly Channel<SentryTransaction?> _transactions = Channel.CreateUnbounded<SentryTransaction?>();
    private readonly Channel<JsonElement> _errors = Channel.CreateUnbounded<JsonElement>();
    private readonly SemaphoreSlim _reported = new(0);
    private readonly Lock _lock = new();
    private readonly List<string> _deviations = [];
    private readonly List<JsonElement> _clientReports = [];
    private readonly List<string> _texts = [];
    private LoopbackServer? _server;
    private int _received;

    private SentryIngest()
    {
    }

    public int Port { get; private set; }

    public string Dsn => $"http://{PublicKey}@127.0.0.1:{Port}/1";

    /// <summary>Gets the number of requests so far, whatever they held and whatever was answered.</summary>
    public int Received => Volatile.Read(ref _received);

    /// <summary>Gets or sets what is answered once an envelope was recorded. The default is 200.</summary>
    /// <remarks>An answer that waits must end when its token says that the ingest stops.</remarks>
    public Func<HttpContext, CancellationToken, Task> Answer { get; set; } =
        (context, stopping) => context.Response.WriteAsync("{}", stopping);

    /// <summary>Gets what was received, as text, if <see cref="KeepsTexts"/>.</summary>
    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (_lock)
            {
                return [.. _texts];
            }
        }
    }

    /// <summary>Gets or sets a value indicating whether the text of every envelope is kept. It is not by default.</summary>
    public bool KeepsTexts { get; set; }

    /// <summary>Gets or sets a value indicating whether spans may end after their transaction. They may not by default.</summary>
    public bool SpansMayBeLate { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether Sentry's SDK sends, which says less in places. It does not by default.
    /// </summary>
    public bool IsOfSdk { get; set; }

    public IReadOnlyList<string> Deviations
    {
        get
        {
            lock (_lock)
            {
                return [.. _deviations];
            }
        }
    }

    /// <summary>Gets the payloads of the <c>client_report</c> items, oldest first.</summary>
    public IReadOnlyList<JsonElement> ClientReports
    {
        get
        {
            lock (_lock)
            {
                return [.. _clientReports];
            }
        }
    }

    /// <summary>Waits for the next client report; all so far are in <see cref="ClientReports"/>.</summary>
    public Task WaitForClientReportAsync(CancellationToken cancellationToken) => _reported.WaitAsync(cancellationToken);

    /// <param name="port">0 for any free one, or that of an ingest disposed of, to come back after an outage.</param>
    public static async Task<SentryIngest> StartAsync(int port = 0)
    {
        var ingest = new SentryIngest();
        ingest._server = await LoopbackServer.StartAsync(ingest.ReceiveAsync, port);
        ingest.Port = ingest._server.Port;
        return ingest;
    }

    /// <summary>The next transaction, in the order of arrival.</summary>
    /// <param name="within">The default is <see cref="Deadline.Default"/>.</param>
    public async Task<SentryTransaction> NextAsync(TimeSpan? within = null) => (await TakeAsync(1, within))[0];

    /// <summary>The next transactions, in the order of arrival.</summary>
    /// <param name="count">How many.</param>
    /// <param name="within">For all of them. The default is <see cref="Deadline.Default"/>.</param>
    public Task<IReadOnlyList<SentryTransaction>> TakeAsync(int count, TimeSpan? within = null)
    {
        var taken = new List<SentryTransaction>(count);
        return Deadline.BoundAsync($"{count} transactions at the ingest", within, TakeAllAsync);

        async Task<IReadOnlyList<SentryTransaction>> TakeAllAsync(CancellationToken cancellationToken)
        {
            while (taken.Count < count)
            {
                var transaction = await _transactions.Reader.ReadAsync(cancellationToken);
                FailOnDeviations();
                taken.Add(transaction!);
            }

            return taken;
        }
    }

    /// <summary>The next error event, in the order of arrival.</summary>
    public Task<JsonElement> NextErrorAsync() => Deadline.BoundAsync(
        "error at the ingest", null, async token =>
        {
            var error = await _errors.Reader.ReadAsync(token);
            FailOnDeviations();
            return error;
        });

    /// <summary>Fails if an error arrived that no one has read; see <see cref="AssertNoMore"/>.</summary>
    public void AssertNoMoreErrors()
    {
        FailOnDeviations();
        Assert.False(_errors.Reader.TryRead(out var more), $"One more error came: {more}");
    }

    /// <summary>
    /// Fails if a transaction arrived that no one has read. Final only once the sender is known to be done,
    /// so call it after the application under test has stopped.
    /// </summary>
    public void AssertNoMore()
    {
        FailOnDeviations();
        Assert.False(
            _transactions.Reader.TryRead(out var more), $"One more transaction came: {more?.Json.GetRawText()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is { } server)
        {
            await server.DisposeAsync();
            FailOnDeviations();
        }
    }

    private async Task ReceiveAsync(HttpContext context, CancellationToken stopping)
    {
        var deviations = new DeviationList();
        var body = await EnvelopeRequestReader.ReadAsync(context.Request, IsOfSdk, deviations, context.RequestAborted);
        var envelope = EnvelopeReader.Read(body, deviations);
        if (!IsOfSdk || envelope?.OfType(EnvelopeChecker.Transaction).Any() == true)
        {
            // The errors of the SDK are its own, headers of the request included.
            var found = PlantedSecrets.FindIn(Encoding.UTF8.GetString(body));
            deviations.Require(found is null, $"It must not tell of what was planted: {found}");
        }

        if (envelope is not null)
        {
            envelope = IsOfSdk ? SdkForm.Of(envelope) : envelope;
            EnvelopeChecker.Check(envelope, deviations, SpansMayBeLate, IsOfSdk);
        }

        if (KeepsTexts)
        {
            lock (_lock)
            {
                _texts.Add(Encoding.UTF8.GetString(body));
            }
        }

        Record(envelope, deviations);
        await Answer(context, stopping);
    }

    private void Record(SentryEnvelope? envelope, DeviationList deviations)
    {
        var number = Interlocked.Increment(ref _received);
        lock (_lock)
        {
            _deviations.AddRange(deviations.Sentences.Select(sentence => $"Envelope {number}: {sentence}"));
            _clientReports.AddRange(
                envelope?.OfType(EnvelopeChecker.ClientReport).Select(report => report.Payload) ?? []);
        }

        if (envelope?.OfType(EnvelopeChecker.ClientReport).Any() ?? false)
        {
            _reported.Release();
        }

        var transaction = envelope?.OfType(EnvelopeChecker.Transaction).FirstOrDefault();
        if (deviations.Sentences.Count > 0)
        {
            _transactions.Writer.TryWrite(null);
            _errors.Writer.TryWrite(default);
        }
        else if (envelope?.OfType(EnvelopeChecker.Error).FirstOrDefault() is { } error)
        {
            _errors.Writer.TryWrite(error.Payload);
        }
        else if (transaction is not null)
        {
            _transactions.Writer.TryWrite(new SentryTransaction(envelope!.Header, EnvelopeChecker.WholeOf(envelope), transaction.Payload));
        }
    }

    private void FailOnDeviations()
    {
        var deviations = Deviations;
        Assert.True(
            deviations.Count == 0, "Envelopes deviate from Sentry's rules:\n" + string.Join('\n', deviations));
    }
}
