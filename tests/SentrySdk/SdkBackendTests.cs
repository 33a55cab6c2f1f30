using LlmTracing.Tests.Integration.Backends;
using LlmTracing.Tests.Integration.Support;

namespace LlmTracing.Tests.SentrySdk;

/// <summary>The table, by way of the Sentry SDK.</summary>
public sealed class SdkBackendTests : BackendTests
{
    protected override IBackend BackendOf(string dsn) => new SdkBackend(dsn);

    private protected override void Prepare(SentryIngest ingest) => ingest.IsOfSdk = true;
}
