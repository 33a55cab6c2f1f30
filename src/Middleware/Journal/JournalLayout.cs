namespace LlmTracing.Middleware.Journal;

/// <summary>How a journal's file is divided: into slots of one size, each for one span, and nothing else.</summary>
/// <remarks>
/// There is no header that could take everything with it: each slot says for itself what is in it. A slot begins with the
/// generation of its span, or 0 where it is free; then two copies of the last sign of life, of the progress, and of the record.
/// </remarks>
internal static class JournalLayout
{
    // In the name: a process leaves alone what another version of the layout has written.
    public const string Extension = ".v3.journal";

    // Of a journal that could not be recovered: nobody looks at it again but a person.
    public const string AsideExtension = ".aside";

    // A page: a slot that is damaged, or cut off, is no other's. It holds a span with some 30 attributes.
    public const int SlotSize = 4096;

    // 16 MiB a process: a thousand open streams, each with its request and two spans more. A page that was never used
    // costs no memory.
    public const int Slots = 4096;

    public const int FileSize = Slots * SlotSize;

    public const int SignOffset = 8;
    public const int SignSize = 24;
    public const int ProgressOffset = 64;
    public const int ProgressSize = 192;
    public const int RecordOffset = ProgressOffset + (2 * ProgressSize);
    public const int RecordSize = (SlotSize - RecordOffset) / 2;

    // What both kinds of copies begin with: checksum, length of the content, generation, sequence.
    public const int HeadSize = 24;

    /// <summary>What a slot begins with that is free.</summary>
    public const long Free = 0;

    // Any number with as many ones as zeros: no few bits make a slot that is used look free.
    private const long UsedMark = 0x6A09E667F3BCC908;

    /// <summary>Gives what a slot begins with that is used, or of that its generation.</summary>
    public static long Mark(long generation) => generation ^ UsedMark;

    /// <summary>Gives where a copy of the record is in its slot: the later one is never written over the earlier.</summary>
    public static int RecordCopy(long sequence) => RecordOffset + ((int)(sequence & 1) * RecordSize);

    /// <inheritdoc cref="RecordCopy"/>
    public static int ProgressCopy(long sequence) => ProgressOffset + ((int)(sequence & 1) * ProgressSize);

    /// <inheritdoc cref="RecordCopy"/>
    public static int SignCopy(long sequence) => SignOffset + ((int)(sequence & 1) * SignSize);
}
