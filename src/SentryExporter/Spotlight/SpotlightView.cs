using LlmTracing.SentryExporter.Envelopes;
using LlmTracing.SentryExporter.Propagation;
using LlmTracing.SentryExporter.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LlmTracing.SentryExporter.Spotlight;

/// <summary>Shows finished transactions in Spotlight, whatever becomes of them at Sentry, and whether there is a DSN or not.</summary>
/// <remarks>
/// No sink of its own: who asks whether transactions are delivered, or kept, asks for Sentry. Nothing that Spotlight does, or fails to
/// do, reaches that.
/// </remarks>
internal sealed class SpotlightView : IDisposable
{
    private readonly SpotlightLine? _line;

    public SpotlightView(
        IOptions<SentryExporterOptions> options, SentryPropagator propagator, TimeProvider time, ILoggerFactory loggerFactory)
    {
        var settings = options.Value;
        if (SpotlightAddress.TryParse(settings.Spotlight, out var address) && address is not null)
        {
            var logger = new QuietLogger(loggerFactory.CreateLogger(Log.Category));

            // Where there is a DSN, what the app's hook throws is logged there.
            var hookLogger = string.IsNullOrWhiteSpace(settings.Dsn) ? (ILogger)logger : NullLogger.Instance;
            var writer = new EnvelopeWriter(ShownOf(settings), propagator.Settings, time, hookLogger);
            Log.SpotlightOn(logger, address);
            _line = new SpotlightLine(new SpotlightSender(address), writer, time, logger);
        }
    }

    public void Add(FinishedTransaction transaction) => _line?.Add(transaction);

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_line is not null)
        {
            await _line.FlushAsync(cancellationToken);
        }
    }

    public void Dispose() => _line?.Dispose();

    // Without the newer items for the spans of AI work: Spotlight does not show those.
    private static SentryExporterOptions ShownOf(SentryExporterOptions options) => new()
    {
        Environment = options.Environment,
        Release = options.Release,
        CaptureErrors = options.CaptureErrors,
        BeforeSend = options.BeforeSend,
    };
}
