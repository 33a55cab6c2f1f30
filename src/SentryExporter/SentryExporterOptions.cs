namespace LlmTracing;

/// <summary>
/// Settings of <c>AddSentryExporter()</c>. Code wins over the variables <c>SENTRY_DSN</c>, <c>SENTRY_ENVIRONMENT</c> and
/// <c>SENTRY_RELEASE</c>, and they win over the configuration section <c>Sentry</c>.
/// </summary>
public sealed class SentryExporterOptions
{
    /// <summary>Gets or sets the address of the Sentry project.</summary>
    /// <value>
    /// <c>https://PUBLIC_KEY@HOST[:PORT]/[PATH/]PROJECT</c>. Null or empty by default: nothing is sent, which is logged
    /// once. One that is not of this form fails the host's start.
    /// </value>
    public string? Dsn { get; set; }

    /// <summary>Gets or sets the environment to file transactions under.</summary>
    /// <value>By default the host's environment in lower case, for example <c>production</c>.</value>
    public string? Environment { get; set; }

    /// <summary>Gets or sets the release to file transactions under.</summary>
    /// <value>By default the app's name and informational version, for example <c>shop@1.4.0</c>.</value>
    public string? Release { get; set; }

    /// <summary>Gets or sets how many transactions are sent at the same time.</summary>
    /// <value>1 to 64. The default is 4.</value>
    public int Senders { get; set; } = 4;

    /// <summary>Gets or sets which servers are told of the trace, by the headers of the calls that HttpClient makes.</summary>
    /// <value>
    /// Host names, <c>api.example.com</c>; all beneath one, <c>*.example.com</c>; or all, <c>*</c>; each with a port if need
    /// be, <c>localhost:5001</c>. Null by default: every host but the public APIs of LLM providers, which <c>*</c> leaves out
    /// too; name one to tell it. Empty: none.
    /// </value>
    public IList<string>? PropagationTargets { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether the trace of a caller is continued only if caller and app name the same
    /// organization, or neither names one.
    /// </summary>
    /// <value>
    /// False by default: it is continued unless both name one and they differ. The trace that is not continued begins anew.
    /// </value>
    public bool StrictTraceContinuation { get; set; }

    /// <summary>Gets or sets the id of the organization in Sentry, digits.</summary>
    /// <value>By default the one that the host of the DSN names, as <c>o123.ingest.sentry.io</c> does.</value>
    public string? OrgId { get; set; }
}
