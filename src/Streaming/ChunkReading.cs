using System.Buffers;
using System.Text;
using LlmTracing.Streaming.Content;
using LlmTracing.Streaming.Flow;
using LlmTracing.Streaming.Readers;
using LlmTracing.Streaming.Readers.Json;

namespace LlmTracing;

/// <summary>What the chunks of one stream have told so far. The last value noted for a field wins.</summary>
public record struct ChunkReading
{
    // More answers than any provider gives: a stream must not fill the memory with them.
    private const int MostChoices = 128;

    private LlmUsage _finished;
    private LlmUsage _usage;
    private long? _inputBesideCache;
    private List<string?>? _otherReasons;
    private ToolCallList? _toolCalls;
    private bool _isForUsageAlone;
    private LlmDialect? _rawDialect;
    private ChunkFormat _rawFormat;

    /// <summary>Gets or sets the format of the chunks, where they are a provider's JSON.</summary>
    public LlmDialect? Dialect { get; set; }

    /// <summary>Gets or sets the model that answers; becomes <c>gen_ai.response.model</c>.</summary>
    public string? Model { get; set => field = TextCut.NameOf(value); }

    /// <summary>Gets or sets the provider's id of the answer; becomes <c>gen_ai.response.id</c>.</summary>
    public string? ResponseId { get; set => field = TextCut.NameOf(value); }

    /// <summary>Gets or sets why the model stopped: of several answers to one question, the first of them.</summary>
    public string? FinishReason { get; set => field = TextCut.NameOf(value); }

    /// <summary>
    /// Gets why each of the answers stopped, of those that have, in their order; becomes
    /// <c>gen_ai.response.finish_reasons</c>.
    /// </summary>
    public readonly IReadOnlyList<string> FinishReasons =>
        _otherReasons is null
            ? FinishReason is null ? [] : [FinishReason]
            : [.. _otherReasons.Prepend(FinishReason).OfType<string>()];

    /// <summary>Gets what tools the app is asked to run, in order.</summary>
    public readonly IReadOnlyList<LlmToolCall> ToolCalls => _toolCalls?.Calls ?? [];

    /// <summary>Gets the error that the provider reported inside the stream: the first.</summary>
    /// <value>Null where there is none. A stream that ends with one has failed, whether or not anything threw.</value>
    public LlmStreamException? Error { get; private set; }

    /// <summary>Gets or sets a value indicating whether the provider's own end of the answer was seen.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Gets or sets how much text the answer has so far, in UTF-16 code units.</summary>
    /// <value>Not counted where that would have to be read first, and <see cref="WantsText"/> is false.</value>
    public long TextLength { get; set; }

    /// <summary>Gets a value indicating whether the text of the answer is to be given to <c>AppendText</c>.</summary>
    /// <value>Where it is false, finding the text is work for nothing.</value>
    public readonly bool WantsText => AnswerText is not null || WantsArguments;

    /// <summary>Gets a value indicating whether the arguments of tool calls are to be given to <c>AppendArguments</c>.</summary>
    /// <value>Where it is false, finding them is work for nothing.</value>
    public readonly bool WantsArguments => Content is { IsFull: false };

    /// <summary>Gets the tokens reported so far, each part cut to its whole.</summary>
    /// <value>Of a chat client that calls its model again after a tool, those of all its answers.</value>
    public readonly LlmUsage Usage => _finished.IsEmpty ? _usage.Clamped() : _finished + _usage.Clamped();

    /// <summary>Gets the ids of the tool calls that have one, in the order in which they became known.</summary>
    internal readonly IReadOnlyList<string> ToolCallIds => _toolCalls?.Ids ?? [];

    /// <summary>Gets how many those are.</summary>
    internal readonly int ToolCallIdCount => _toolCalls?.IdCount ?? 0;

    internal IAnswerText? AnswerText { get; set; }

    /// <summary>Gets or sets what keeps the answer, where it is to be recorded.</summary>
    internal AnswerContent? Content { get; set; }

    internal ChunkFormat Format { get; set; }

    /// <summary>Gets a value indicating whether the usage is from the provider's own chunks, beneath those that are read.</summary>
    internal bool HasRawUsage { get; private set; }

    /// <summary>Gets or sets a value indicating whether a chunk was not what its dialect has.</summary>
    internal bool IsMalformed { get; set; }

    /// <summary>Takes over a report of tokens: each field it knows replaces what was there.</summary>
    /// <param name="usage">Running or final totals; a provider that repeats them is so never counted twice.</param>
    public void Update(in LlmUsage usage) => _usage = _usage.UpdatedBy(usage);

    /// <summary>
    /// Takes over a report whose input leaves out what the cache was read for and written with, as Anthropic's does: each
    /// field it knows replaces what was there, and the input is then their sum. An input of 0 replaces none.
    /// </summary>
    /// <param name="usage">Running or final totals, with <see cref="LlmUsage.InputTokens"/> beside the cached ones.</param>
    public void UpdateBesideCache(in LlmUsage usage)
    {
        // Some servers fill 0 in at the end, for what they told at the start.
        _inputBesideCache = usage.InputTokens is > 0 ? usage.InputTokens : _inputBesideCache ?? usage.InputTokens;
        var updated = _usage.UpdatedBy(usage with { InputTokens = null });
        _usage = updated.UpdatedBy(new LlmUsage(
            _inputBesideCache is null
                ? null
                : LlmUsage.Sum(_inputBesideCache, LlmUsage.Sum(updated.CachedInputTokens, updated.CacheWriteInputTokens))));
    }

    /// <summary>Adds tokens to those reported so far, for a provider that reports increments.</summary>
    /// <param name="usage">The tokens since the last report.</param>
    public void Add(in LlmUsage usage) => _usage += usage;

    /// <summary>Notes why one of several answers to the same question stopped.</summary>
    /// <param name="choice">Which of them, the first being 0.</param>
    /// <param name="reason">The reason, in the provider's words.</param>
    public void Finish(int choice, string reason)
    {
        if (choice == 0)
        {
            FinishReason = reason;
        }
        else if (choice is > 0 and < MostChoices && !_isForUsageAlone)
        {
            _otherReasons ??= [];
            while (_otherReasons.Count < choice)
            {
                _otherReasons.Add(null);
            }

            _otherReasons[choice - 1] = TextCut.NameOf(reason);
        }
    }

    /// <summary>Notes that the app is asked to run a tool. Id and name may come one after the other.</summary>
    /// <param name="id">
    /// The model's id of the call: however often an answer notes it, it is one. With neither it nor a number, a name is
    /// another call.
    /// </param>
    /// <param name="name">The tool's name.</param>
    /// <param name="number">
    /// What the provider tells pieces of its arguments by, if they come in pieces. What is noted with the number of a known
    /// call goes on with that call, unless it brings both another id and a name: then the number is the new call's.
    /// </param>
    /// <param name="choice">Which of several answers to the same question asks for it.</param>
    /// <returns>Whether the call was not noted before.</returns>
    public bool CallTool(string? id, string? name, int? number = null, int choice = 0) =>
        !_isForUsageAlone && (_toolCalls ??= new()).Add(new LlmToolCall(id, name), new ToolCallPlace(choice, number));

    /// <summary>Notes an error that the provider reported inside the stream. The first is kept.</summary>
    /// <param name="type">The error's type in the provider's words, if it has one.</param>
    /// <param name="message">The provider's message.</param>
    public void Fail(string? type, string? message) => Error ??= new LlmStreamException(type, message);

    /// <summary>Notes what a chunk tells, for a reader of a type that carries a provider's JSON as it came.</summary>
    /// <param name="dialect">The format of the JSON.</param>
    /// <param name="utf8">
    /// The data of one event, or one line, whole. What is not the JSON expected tells nothing, and is warned of once.
    /// </param>
    public void ReadJson(LlmDialect dialect, ReadOnlySpan<byte> utf8)
    {
        (Dialect, Format) = (dialect, ChunkFormat.ProviderJson);
        ProviderJson.Read(utf8, ref this);
    }

    /// <summary>Hands over visible text of the answer: no thinking, no arguments of tools.</summary>
    /// <param name="text">The next piece. It is not kept longer than anyone wants it.</param>
    /// <param name="choice">Which of several answers to the same question it belongs to.</param>
    public void AppendText(ReadOnlySpan<char> text, int choice = 0)
    {
        TextLength += text.Length;
        AnswerText?.Append(choice, text);
        Content?.AppendText(choice, text);
    }

    /// <inheritdoc cref="AppendText(ReadOnlySpan{char}, int)"/>
    /// <param name="utf8">The next piece, as UTF-8.</param>
    /// <param name="choice">Which of several answers to the same question it belongs to.</param>
    public void AppendText(ReadOnlySpan<byte> utf8, int choice = 0)
    {
        var buffer = ArrayPool<char>.Shared.Rent(Encoding.UTF8.GetMaxCharCount(utf8.Length));
        AppendText(buffer.AsSpan(0, Encoding.UTF8.GetChars(utf8, buffer)), choice);
        ArrayPool<char>.Shared.Return(buffer);
    }

    /// <summary>Hands over the arguments of a tool call, as JSON.</summary>
    /// <param name="json">The next piece, or the whole. It is not kept longer than anyone wants it.</param>
    /// <param name="number">The number that the call was noted with; by default it is the call noted last.</param>
    /// <param name="choice">Which of several answers to the same question it belongs to.</param>
    public readonly void AppendArguments(ReadOnlySpan<char> json, int? number = null, int choice = 0)
    {
        if (WantsArguments && PositionOfCall(number, choice) is var call and >= 0)
        {
            Content!.AppendArguments(call, json);
        }
    }

    /// <inheritdoc cref="AppendArguments(ReadOnlySpan{char}, int?, int)"/>
    /// <param name="utf8">The next piece, or the whole, as UTF-8.</param>
    /// <param name="number">The number that the call was noted with; by default it is the call noted last.</param>
    /// <param name="choice">Which of several answers to the same question it belongs to.</param>
    public readonly void AppendArguments(ReadOnlySpan<byte> utf8, int? number = null, int choice = 0)
    {
        if (!WantsArguments)
        {
            return;
        }

        var buffer = ArrayPool<char>.Shared.Rent(Encoding.UTF8.GetMaxCharCount(utf8.Length));
        AppendArguments(buffer.AsSpan(0, Encoding.UTF8.GetChars(utf8, buffer)), number, choice);
        ArrayPool<char>.Shared.Return(buffer);
    }

    /// <summary>Gives why one of several answers stopped, if it has.</summary>
    internal readonly string? ReasonOf(int choice) =>
        choice == 0 ? FinishReason : _otherReasons?.ElementAtOrDefault(choice - 1);

    /// <summary>Gives which answer asks for a tool call, by the call's position.</summary>
    internal readonly int ChoiceOfToolCall(int call) => _toolCalls!.ChoiceOf(call);

    /// <summary>Takes over a report that tells all there is to tell: what it does not know is not known any more.</summary>
    internal void Replace(in LlmUsage usage) => _usage = usage;

    /// <summary>Forgets the tokens and the end of an attempt that broke off, for one that begins in the same stream.</summary>
    internal void BeginAgain()
    {
        (_usage, _inputBesideCache, FinishReason, IsComplete) = (default, null, null, false);
        _toolCalls?.ForgetNumbers();
    }

    /// <summary>Keeps the tokens of an answer that is finished, for another that begins in the same stream.</summary>
    internal void BeginAnswer()
    {
        if (!_usage.IsEmpty)
        {
            (_finished, _usage, _inputBesideCache) = (Usage, default, null);
            HasRawUsage = false;
            _toolCalls?.ForgetNumbers();
        }
    }

    /// <summary>Gives what a reader of the same stream in another form may add its usage and its error to.</summary>
    internal readonly ChunkReading ForUsageAlone() =>
        this with
        {
            _isForUsageAlone = true,
            Dialect = _rawDialect ?? Dialect,
            Format = _rawFormat,
            _otherReasons = null,
            _toolCalls = null,
            AnswerText = null,
            Content = null,
        };

    /// <summary>Takes over usage and error from what <see cref="ForUsageAlone"/> gave, and nothing else that tells anything.</summary>
    internal void TakeUsage(in ChunkReading other)
    {
        HasRawUsage |= _usage != other._usage;
        (_usage, _inputBesideCache, Error) = (other._usage, other._inputBesideCache, other.Error);
        (_rawDialect, _rawFormat) = (other.Dialect, other.Format);
    }

    private readonly int PositionOfCall(int? number, int choice) => _toolCalls?.PositionOf(choice, number) ?? -1;
}
