using Microsoft.AspNetCore.Http;

namespace LlmTracing;

/// <summary>Settings of <c>AddLlmTracing()</c>, bound from the configuration section <c>LlmTracing</c>.</summary>
/// <remarks>They are read once, at the start: a change that cannot work must not reach a running app.</remarks>
public sealed class LlmTracingOptions
{
    internal const int DefaultMaxContentLength = 16 * 1024;

    /// <summary>Gets or sets which requests get a transaction.</summary>
    /// <value>All by default. Of a request for which it returns false nothing is recorded.</value>
    public Func<HttpContext, bool> Filter { get; set; } = static _ => true;

    /// <summary>Gets the names of the activity sources whose spans join the transactions.</summary>
    /// <value>
    /// Besides the five that always do: <c>LlmTracing</c>, <c>Microsoft.AspNetCore</c>,
    /// <c>Microsoft.AspNetCore.SignalR.Server</c>, <c>System.Net.Http</c> and
    /// <c>Experimental.Microsoft.Extensions.AI</c>. Empty by default.
    /// </value>
    public IList<string> Sources { get; } = [];

    /// <summary>Gets or sets the share of the traces begun here that are recorded.</summary>
    /// <value>0 to 1. The default is 1. A trace begun elsewhere keeps the decision that was made there.</value>
    public double TracesSampleRate { get; set; } = 1;

    /// <summary>Gets or sets what decides for each trace begun here which share of its like is recorded.</summary>
    /// <value>
    /// Null by default. It gives 0 to 1, or null to leave it to <see cref="TracesSampleRate"/>, which also counts if it throws.
    /// Which traces the share is made up of follows from their ids. It runs when a request or other root begins, and delays
    /// it. A trace begun elsewhere is not asked about, unless its caller has left the decision to this service.
    /// </value>
    public Func<TracesSamplerContext, double?>? TracesSampler { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether what is said is recorded: instructions, messages and answers of models, what
    /// tools are given and give back.
    /// </summary>
    /// <value>
    /// False by default: no text of users, models or tools leaves the process. <see cref="LlmCall.CaptureContent"/> decides
    /// for one call.
    /// </value>
    public bool CaptureContent { get; set; }

    /// <summary>Gets or sets how much of it is recorded in one attribute.</summary>
    /// <value>
    /// In characters (UTF-16 code units), 1 to 262,144; the default is 16,384. A text that is cut ends in <c>…</c>, of messages
    /// the newest are kept, and <see cref="LlmTracingAttributes.ContentCut"/> is set.
    /// </value>
    public int MaxContentLength { get; set; } = DefaultMaxContentLength;

    /// <summary>Gets or sets what each text passes through before it is recorded.</summary>
    /// <value>
    /// Null by default. It gives what to record instead, or null for nothing; where it throws, nothing is recorded either. It
    /// is shown each text before it is cut, with up to 8,192 characters beyond the cut, so that what is longer may be cut in
    /// two; of a text that a stream left unfinished the last word is left out. Arguments and results of tools are shown as
    /// JSON, escaped only where they must be; names and ids are not shown. It runs on the request's path, before the first chunk
    /// and after the last, for several requests at the same time: it must be fast.
    /// </value>
    public Func<string, string?>? Redact { get; set; }

    /// <summary>Gets what the tokens of models cost.</summary>
    /// <value>
    /// Empty by default: no cost is told. Of the entries whose <see cref="ModelPrice.Model"/> matches the model that answered, or
    /// where none does the one asked for, a name without wildcards wins, else the one with the most characters that are no
    /// wildcards, else the first.
    /// </value>
    public IList<ModelPrice> Pricing { get; } = [];

    /// <summary>Gets or sets a value indicating whether tokens that a provider does not report are estimated.</summary>
    /// <value>
    /// False by default. The estimates have attributes of their own, and are neither summed nor priced. Answers are estimated
    /// by their visible text, without reasoning or tool calls; input by <see cref="LlmCall.Messages"/> and <see cref="LlmCall.Instructions"/>, if
    /// the app gives them.
    /// </value>
    public bool EstimateMissingUsage { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether such estimates also stand where reported tokens would: in <c>gen_ai.usage.*</c>,
    /// in sums, metrics and costs.
    /// </summary>
    /// <value>False by default. <see cref="LlmTracingAttributes.UsageSource"/> is then <c>estimated</c>.</value>
    public bool EstimatesAsUsage { get; set; }

    /// <summary>Gets or sets how long a finished request waits for spans that are still open beneath it.</summary>
    /// <value>0 to 10 minutes. The default is 30 seconds. A span still open then is sent as unfinished.</value>
    public TimeSpan ChildLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long a stopping host waits for finished transactions to be delivered.</summary>
    /// <value>
    /// 0 to 1 minute. The default is 2 seconds, up to half of which is for requests whose spans have not all ended, and the last
    /// quarter for keeping what could not be delivered. A process that ends otherwise is held up no longer than that either.
    /// </value>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets the folder of the journals, which keep open spans for the case that the process dies.</summary>
    /// <value>
    /// A path; an empty one switches the journal off. By default, null, <c>llmtracing/journal/</c> and the app's name in the
    /// user's folder for local application data. A process that starts delivers what dead ones have left in the same folder,
    /// so apps that share one deliver each other's transactions.
    /// </value>
    public string? JournalDirectory { get; set; }

    /// <summary>Gets what every transaction says of the process that it is of, besides its spans.</summary>
    /// <value>
    /// Empty by default; backends add what is theirs. It is kept in the journal: what the next start delivers of a process that
    /// died is of the release and environment that it ran as. Some 600 bytes fit in there, all of it or none.
    /// </value>
    public IDictionary<string, string> ResourceAttributes { get; } = new Dictionary<string, string>();

    /// <summary>Gets the defaults of every <c>Results.TracedSse</c>.</summary>
    public TracedSseOptions Sse { get; } = new();
}
