namespace LlmTracing;

/// <summary>
/// Settings of <c>AddSentryExporter()</c>. Code wins over the variables <c>SENTRY_DSN</c>, <c>SENTRY_ENVIRONMENT</c>,
/// <c>SENTRY_RELEASE</c> and <c>SENTRY_SPOTLIGHT</c>, and they win over the configuration section <c>Sentry</c>.
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
    /// <value>1 to 64. The default is 16. Each needs a connection while Sentry answers, but where HTTP/2 is offered.</value>
    public int Senders { get; set; } = 16;

    /// <summary>Gets or sets how much memory transactions may take that wait to be sent, in bytes.</summary>
    /// <value>
    /// 64 KiB to 1 GiB. The default is 32 MiB, some 5,000 requests. From half of it on they go to the spool; where that is
    /// full or off, the oldest are dropped, and Sentry is told how many.
    /// </value>
    public long MaxQueueBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Gets or sets the folder for what cannot be sent yet: while Sentry cannot be reached, or the host stops.</summary>
    /// <value>
    /// Null by default: <c>llmtracing/spool</c> in the user's local application data. Empty: nothing is written to disk. Several
    /// processes may share it. Only its user can read it; it holds what is sent, so no text of users or models unless
    /// <see cref="LlmTracingOptions.CaptureContent"/> is set. What is older than three days is dropped.
    /// </value>
    public string? SpoolDirectory { get; set; }

    /// <summary>Gets or sets how much one process keeps in its spool, in bytes.</summary>
    /// <value>64 KiB to 64 GiB. The default is 128 MiB, some 50,000 requests. The oldest go first.</value>
    public long MaxSpoolBytes { get; set; } = 128 * 1024 * 1024;

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

    /// <summary>
    /// Gets or sets a value indicating whether an exception that fails a request, or a call to a model, an agent's or a tool's
    /// run, is sent as an error too, with its stack.
    /// </summary>
    /// <value>
    /// True by default. Each is sent once, beneath the innermost span that it failed; clients that leave make none. Requests
    /// that are not recorded send none.
    /// </value>
    public bool CaptureErrors { get; set; } = true;

    /// <summary>Gets or sets what sees each transaction before it is sent, and may change it or keep it back.</summary>
    /// <value>
    /// Null by default. It gives what is to be sent, for example <c>transaction with { … }</c>; null sends nothing of the
    /// transaction, its errors neither. It runs on the senders, several at a time, and never while a request waits. If it
    /// throws, that is logged and the transaction sent unchanged.
    /// </value>
    public Func<FinishedTransaction, FinishedTransaction?>? BeforeSend { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether the spans of AI work are sent as Sentry's newer kind of item, in the same
    /// envelope, instead of within the transaction.
    /// </summary>
    /// <value>
    /// False by default: servers of one's own may be too old for it, and Spotlight does not show it. With it, a long
    /// conversation that is recorded has a mebibyte of its own.
    /// </value>
    public bool GenAiSpanItems { get; set; }

    /// <summary>Gets or sets where Spotlight is, Sentry's viewer for development, which is then sent each transaction too.</summary>
    /// <value>
    /// <c>1</c> or <c>true</c> for <c>http://localhost:8969/stream</c>, another address, or <c>0</c> or <c>false</c> for none.
    /// Null or empty, which is none, by default. It needs no <see cref="Dsn"/>, and is sent what
    /// <see cref="LlmTracingOptions.TracesSampleRate"/> and <see cref="BeforeSend"/> let pass, always with the spans of AI work in
    /// the transaction, since it shows them only there. Where it is away nothing else changes: the latest transactions, up to
    /// 4 MiB, wait for it, and one line is logged. Any other value fails the host's start.
    /// </value>
    public string? Spotlight { get; set; }
}
