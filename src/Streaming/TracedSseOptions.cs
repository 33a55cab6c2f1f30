namespace LlmTracing;

/// <summary>Settings of one server-sent-events response; the app's defaults are <see cref="LlmTracingOptions.Sse"/>.</summary>
/// <remarks>
/// What is null here is as the app's defaults say, and what is null there is as documented. A time limit that shall not
/// be is <see cref="Timeout.InfiniteTimeSpan"/>.
/// </remarks>
public sealed class TracedSseOptions
{
    /// <summary>Gets or sets the longest silence before a comment, which no reader sees, keeps proxies from closing.</summary>
    /// <value>10 milliseconds to 1 hour, or infinite. 15 seconds unless set.</value>
    public TimeSpan? Heartbeat { get; set; }

    /// <summary>Gets or sets how long the provider may take to its first chunk, before the stream has timed out.</summary>
    /// <value>Above 0, to 1 day, or infinite. 5 minutes unless set: models that reason can be silent for long.</value>
    public TimeSpan? FirstChunkTimeout { get; set; }

    /// <summary>Gets or sets how long the provider may be silent between chunks, before the stream has timed out.</summary>
    /// <value>Above 0, to 1 day, or infinite. 2 minutes unless set.</value>
    public TimeSpan? StallTimeout { get; set; }

    /// <summary>Gets or sets how long the whole answer may take, before the stream has timed out.</summary>
    /// <value>Above 0, to 1 day, or infinite, which it is unless set.</value>
    public TimeSpan? MaxDuration { get; set; }

    /// <summary>
    /// Gets or sets how long a client may keep a write waiting, before its connection is aborted and the provider
    /// cancelled.
    /// </summary>
    /// <value>
    /// Above 0, to 1 day, or infinite. 30 seconds unless set. On HTTP/1.1 it takes the place of the server's minimum data
    /// rate. A write is what was ready at once, at most 16 KiB and one chunk: give it longer where chunks are large and
    /// clients slow. No more than that and the server's buffers is held for a client.
    /// </value>
    public TimeSpan? WriteTimeout { get; set; }

    /// <summary>Gets or sets how long the source may take to answer its cancelled token, and to be disposed.</summary>
    /// <value>0 to 1 minute. 500 milliseconds unless set. The response and its services end without a slower one.</value>
    public TimeSpan? CancellationTimeout { get; set; }

    /// <summary>Gets or sets what becomes of the provider's answer when the client leaves.</summary>
    /// <value>
    /// <see cref="DisconnectBehavior.CancelUpstream"/> unless set. To drain, the source must neither be given the
    /// request's own token nor use what is disposed with the request: <see cref="LlmTrace.Defer"/> gives it the right one.
    /// </value>
    public DisconnectBehavior? OnDisconnect { get; set; }

    /// <summary>Gets or sets how far <see cref="DisconnectBehavior.DrainUpstream"/> reads.</summary>
    public DrainLimit? DrainLimit { get; set; }

    /// <summary>Gets or sets how a completed answer says that it is complete.</summary>
    /// <value><see cref="SseCompletion.Event"/> unless set.</value>
    public SseCompletion? Completion { get; set; }

    /// <summary>Gets or sets a value indicating whether events without an id are numbered, from 1.</summary>
    /// <value>False unless set.</value>
    public bool? EventIds { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether the stream opens with an event <c>trace</c>, which tells the client the id of
    /// its trace at once, and so also that of an answer whose end it never sees.
    /// </summary>
    /// <value>False unless set. Its data is <c>{"traceId":"…"}</c>, 32 hexadecimal digits.</value>
    public bool? TraceEvent { get; set; }

    /// <summary>Gets or sets how long a client whose connection broke shall wait before it asks again.</summary>
    /// <value>
    /// 0 to 1 hour, in whole milliseconds; it is sent when the stream opens. Unless set nothing is sent then, and 3 seconds
    /// when the server stops.
    /// </value>
    public TimeSpan? Retry { get; set; }

    /// <summary>
    /// Gets or sets a value indicating whether the headers wait for the first chunk, so that a failure before it is a
    /// status and ProblemDetails, and not an event in a response that began as 200.
    /// </summary>
    /// <value>
    /// False unless set: headers and first bytes go out at once. A timeout is 504 then, a 429 or 503 of the provider's the
    /// same, any other refusal of its 502 as is a connection that breaks, the app's own exception 500.
    /// </value>
    public bool? PeekFirstChunk { get; set; }

    /// <summary>Gets or sets how long open streams may go on when the host begins to stop.</summary>
    /// <value>
    /// 0 to 1 day; 0 unless set. The host must be given more than that by its own <c>HostOptions.ShutdownTimeout</c>.
    /// </value>
    public TimeSpan? ShutdownGrace { get; set; }
}
